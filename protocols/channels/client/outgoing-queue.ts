// Our messages on their way to the server: signed in the order in which they leave, paced, and sent again unchanged
// after an interruption (VISIT-5, VISIT-9).

import { LIMITS } from '../../kit/limits.js';
import { TokenBucket } from '../../kit/bounds/token-bucket.js';
import { earlier, type Instant } from '../../kit/machine.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { Signed } from '../../kit/signed.js';
import type { ChannelMessage, DirectMessage } from '../signed-objects.js';
import type { ServerConnection } from './server-connection.js';
import type { Memberships } from './memberships.js';
import type { ChannelClientContext } from './client-context.js';

/** The part of a message that its author chooses. */
export type MessageBody = Pick<ChannelMessage, 'channel' | 'text'> | Pick<DirectMessage, 'to' | 'sealed'>;

/** The time and counter of a message that the server accepted, or the refusal. */
export type SendOutcome = Outcome<{ readonly at: Instant; readonly counter: number }>;

interface QueuedMessage {
  readonly body: MessageBody;
  readonly until: Instant;
  readonly settle: (outcome: SendOutcome) => void;
}

/** A message that has its counter. */
interface NumberedMessage extends QueuedMessage {
  readonly counter: number;
  readonly at: Instant;
  signed: Signed | null;
  /** The connection on which it was sent last. */
  connection: number | null;
}

const RATE = { perSecond: LIMITS.channelClientPacePerSecond, burst: LIMITS.channelClientPaceBurst };

export class OutgoingQueue {
  private waiting: QueuedMessage[] = [];
  /** By rising counter. */
  private numbered: NumberedMessage[] = [];
  private lastCounter = 0;
  private readonly rate = new TokenBucket(RATE, 0);
  /** When the next message may leave, if only the rate holds it back. */
  private nextSendAt: Instant | null = null;

  constructor(
    private readonly context: ChannelClientContext,
    private readonly connection: ServerConnection,
    private readonly memberships: Memberships,
  ) {}

  /** `settle` is called once, within 30 s (VISIT-6). */
  add(body: MessageBody, settle: (outcome: SendOutcome) => void): void {
    const { refusal } = this.connection;
    if (refusal) return settle(refusal);
    const isFull = this.waiting.length + this.numbered.length >= LIMITS.channelClientWaitingMax;
    if (isFull) return settle(new Refusal('CHANNEL_TOO_FAST', 'a moment'));
    this.waiting.push({ body, until: this.context.now + LIMITS.channelClientWaitMs, settle });
    this.flush();
  }

  /** The server has accepted the message. */
  confirmed(counter: number): void {
    const numbered = this.remove(counter);
    numbered?.settle({ at: numbered.at, counter });
  }

  refusedMessage(counter: number, refusal: Refusal): void {
    this.remove(counter)?.settle(refusal);
  }

  /** Refuses all messages. */
  refused(refusal: Refusal): void {
    this.settleAll(() => true, refusal);
  }

  /** Refuses the messages for a channel that we left. */
  parted(channel: string): void {
    const isOfIt = ({ body }: QueuedMessage): boolean => 'channel' in body && body.channel === channel;
    this.settleAll(isOfIt, new Refusal('CHANNEL_NOT_IN', channel));
  }

  wakeAt(): Instant | null {
    const until = [...this.numbered, ...this.waiting].map((message) => message.until);
    return until.reduce<Instant | null>(earlier, this.nextSendAt);
  }

  wake(): void {
    const isDue = ({ until }: QueuedMessage): boolean => until <= this.context.now;
    const left = this.numbered.filter(({ connection }) => connection !== null);
    this.settleAll(
      (message) => isDue(message) && left.some((one) => one === message),
      new Refusal('CHANNEL_UNCONFIRMED'),
    );
    this.settleAll(isDue, this.connection.awayRefusal());
    this.flush();
  }

  /** Sends what may be sent now. */
  flush(): void {
    const { openConnection } = this.connection;
    this.nextSendAt = null;
    if (openConnection === null) return;
    this.sendSigned(openConnection); // first: a host that signs at once must not overtake older messages
    for (const message of this.waiting.filter(({ body }) => this.maySend(body))) this.number(message);
  }

  /** Takes a counter only when the message can leave, so that unsent messages leave no gap. */
  private number(message: QueuedMessage): void {
    const { me, now, options } = this.context;
    this.lastCounter += 1;
    const numbered: NumberedMessage = {
      ...message,
      counter: this.lastCounter,
      at: now,
      signed: null,
      connection: null,
    };
    this.waiting = this.waiting.filter((other) => other !== message);
    this.numbered.push(numbered);
    const content = { ...me, life: options.clientSession, counter: numbered.counter, at: now, ...message.body };
    this.context.sign(kindOf(message.body) === 'channel' ? 'channel_message' : 'direct', content, (signed) => {
      numbered.signed = signed;
      this.flush();
    });
  }

  /** In counter order: the server refuses a counter below one it has accepted (CHAN-6). */
  private sendSigned(connection: number): void {
    for (const numbered of this.numbered.filter((one) => one.connection !== connection)) {
      if (numbered.signed === null || !this.maySend(numbered.body)) return;
      if (!this.rate.take(this.context.now)) {
        this.nextSendAt = this.context.now + this.rate.waitMs(this.context.now);
        return;
      }
      numbered.connection = connection;
      this.connection.send({ type: 'say', kind: kindOf(numbered.body), said: numbered.signed });
    }
  }

  private maySend(body: MessageBody): boolean {
    return !('channel' in body) || this.memberships.isIn(body.channel);
  }

  private remove(counter: number): NumberedMessage | undefined {
    const numbered = this.numbered.find((one) => one.counter === counter);
    this.numbered = this.numbered.filter((one) => one !== numbered);
    return numbered;
  }

  private settleAll(matches: (message: QueuedMessage) => boolean, refusal: Refusal): void {
    const settled = [...this.numbered, ...this.waiting].filter(matches);
    this.numbered = this.numbered.filter((message) => !settled.includes(message));
    this.waiting = this.waiting.filter((message) => !settled.includes(message));
    for (const { settle } of settled) settle(refusal);
  }
}

function kindOf(body: MessageBody): 'channel' | 'direct' {
  return 'channel' in body ? 'channel' : 'direct';
}
