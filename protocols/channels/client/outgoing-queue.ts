// What we say waits here until its server has taken it: signed in the order in which it leaves, at a pace the server
// takes, and after a break sent again as it was signed (VISIT-5).

import { LIMITS } from '../../kit/limits.js';
import { TokenBucket } from '../../kit/bounds/token-bucket.js';
import { earlier, type Instant } from '../../kit/machine.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { Signed } from '../../kit/signed.js';
import type { ChannelMessage, DirectMessage } from '../signed-objects.js';
import type { ServerConnection } from './server-connection.js';
import type { Memberships } from './memberships.js';
import type { ChannelClientContext } from './client-context.js';

/** What is said, without who says it. */
export type MessageBody = Pick<ChannelMessage, 'channel' | 'text'> | Pick<DirectMessage, 'to' | 'sealed'>;

/** The time and counter it bears, once it was taken; or why it was not. */
export type SendOutcome = Outcome<{ readonly at: Instant; readonly counter: number }>;

interface QueuedMessage {
  readonly words: MessageBody;
  readonly until: Instant;
  readonly settle: (fate: SendOutcome) => void;
}

/** It has its place among all we say, and keeps it. */
interface NumberedMessage extends QueuedMessage {
  readonly counter: number;
  readonly at: Instant;
  signed: Signed | null;
  /** The door it left by last. */
  door: number | null;
}

const PACE = { perSecond: LIMITS.channelClientPacePerSecond, burst: LIMITS.channelClientPaceBurst };

export class OutgoingQueue {
  private waiting: QueuedMessage[] = [];
  /** By rising counter. */
  private placed: NumberedMessage[] = [];
  private lastCounter = 0;
  private readonly pace = new TokenBucket(PACE, 0);
  /** When the next one may leave, where one waits only for that. */
  private paceAt: Instant | null = null;

  constructor(
    private readonly turn: ChannelClientContext,
    private readonly connection: ServerConnection,
    private readonly memberships: Memberships,
  ) {}

  /** `settle` is called once, within 30 s (VISIT-6). */
  add(words: MessageBody, settle: (fate: SendOutcome) => void): void {
    const { refusal } = this.connection;
    if (refusal) return settle(refusal);
    const isFull = this.waiting.length + this.placed.length >= LIMITS.channelClientWaitingMax;
    if (isFull) return settle(new Refusal('CHANNEL_TOO_FAST', 'a moment'));
    this.waiting.push({ words, until: this.turn.now + LIMITS.channelClientWaitMs, settle });
    this.pump();
  }

  /** The server has it. */
  taken(counter: number): void {
    const placed = this.remove(counter);
    placed?.settle({ at: placed.at, counter });
  }

  refusedOne(counter: number, refusal: Refusal): void {
    this.remove(counter)?.settle(refusal);
  }

  /** Nothing will come of what waits. */
  refused(refusal: Refusal): void {
    this.give(() => true, refusal);
  }

  /** We are in a channel no more. */
  parted(channel: string): void {
    const isOfIt = ({ words }: QueuedMessage): boolean => 'channel' in words && words.channel === channel;
    this.give(isOfIt, new Refusal('CHANNEL_NOT_IN', channel));
  }

  wakeAt(): Instant | null {
    const until = [...this.placed, ...this.waiting].map((saying) => saying.until);
    return until.reduce<Instant | null>(earlier, this.paceAt);
  }

  wake(): void {
    const isDue = ({ until }: QueuedMessage): boolean => until <= this.turn.now;
    const left = this.placed.filter(({ door }) => door !== null);
    this.give((saying) => isDue(saying) && left.some((one) => one === saying), new Refusal('CHANNEL_UNCONFIRMED'));
    this.give(isDue, this.connection.awayRefusal());
    this.pump();
  }

  /** Lets go what may go. */
  pump(): void {
    const { openDoor } = this.connection;
    this.paceAt = null;
    if (openDoor === null) return;
    this.leave(openDoor); // first: whoever signs at once must not find the new ones signed before the old ones left
    for (const saying of this.waiting.filter(({ words }) => this.mayLeave(words))) this.place(saying);
  }

  /** Signed only now, so that what never leaves makes no gap in what others hear. */
  private place(saying: QueuedMessage): void {
    const { me, now, options } = this.turn;
    this.lastCounter += 1;
    const placed: NumberedMessage = { ...saying, counter: this.lastCounter, at: now, signed: null, door: null };
    this.waiting = this.waiting.filter((other) => other !== saying);
    this.placed.push(placed);
    const spoken = { ...me, life: options.life, counter: placed.counter, at: now, ...saying.words };
    this.turn.sign(kindOf(saying.words) === 'channel' ? 'channel_message' : 'direct', spoken, (signed) => {
      placed.signed = signed;
      this.pump();
    });
  }

  /** In the order of their counters: a higher one that was taken would shut out a lower one (CHAN-3). */
  private leave(door: number): void {
    for (const placed of this.placed.filter((one) => one.door !== door)) {
      if (placed.signed === null || !this.mayLeave(placed.words)) return;
      if (!this.pace.take(this.turn.now)) {
        this.paceAt = this.turn.now + this.pace.waitMs(this.turn.now);
        return;
      }
      placed.door = door;
      this.connection.send({ type: 'say', kind: kindOf(placed.words), said: placed.signed });
    }
  }

  private mayLeave(words: MessageBody): boolean {
    return !('channel' in words) || this.memberships.isIn(words.channel);
  }

  private remove(counter: number): NumberedMessage | undefined {
    const placed = this.placed.find((one) => one.counter === counter);
    this.placed = this.placed.filter((one) => one !== placed);
    return placed;
  }

  private give(isMeant: (saying: QueuedMessage) => boolean, refusal: Refusal): void {
    const given = [...this.placed, ...this.waiting].filter(isMeant);
    this.placed = this.placed.filter((saying) => !given.includes(saying));
    this.waiting = this.waiting.filter((saying) => !given.includes(saying));
    for (const { settle } of given) settle(refusal);
  }
}

function kindOf(words: MessageBody): 'channel' | 'direct' {
  return 'channel' in words ? 'channel' : 'direct';
}
