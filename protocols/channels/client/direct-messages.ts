// Direct messages: sealed for one key, and sent again until the recipient confirms them (VISIT-3, VISIT-4).

import { TokenBucket } from '../../kit/bounds/token-bucket.js';
import { byteLength, parseJson } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { earlier, type Instant } from '../../kit/machine.js';
import { Refusal } from '../../kit/refusals.js';
import { directContentShape, type DirectMessage, type DirectContent } from '../signed-objects.js';
import type { SendOutcome, OutgoingQueue } from './outgoing-queue.js';
import type { ChannelClientContext } from './client-context.js';
import type { Participant } from './io.js';

/** A message of ours that the recipient has not confirmed. */
interface Unconfirmed {
  readonly ref: number;
  readonly id: string;
  readonly to: Participant;
  readonly sealed: string;
  /** When the server accepted it first; null before. */
  at: Instant | null;
  /** How often it was sent. */
  sent: number;
  /** When it is sent again; null while the server has yet to accept it. */
  nextAt: Instant | null;
}

const ANSWERS = { perSecond: LIMITS.directMessageAnswersPerSecond, burst: LIMITS.directMessageAnswersBurst };

const SEALED_MAX = Math.ceil((LIMITS.directMessageBytes * 4) / 3);

export class DirectMessages {
  private readonly unconfirmed = new Map<string, Unconfirmed>();
  /** The number of requests whose seal is being made. */
  private sealing = 0;
  /** The messages reported so far, by sender and id, the oldest first. */
  private readonly reported = new Set<string>();
  private readonly answers = new TokenBucket(ANSWERS, 0);

  constructor(
    private readonly context: ChannelClientContext,
    private readonly outgoing: OutgoingQueue,
  ) {}

  send(ref: number, to: Participant, text: string): void {
    if (to.key === this.context.me.key) return this.context.refuseWith(ref, 'SELF');
    if (this.unconfirmed.size + this.sealing >= LIMITS.directMessagesWaitingMax) {
      return this.context.refuseWith(ref, 'CHANNEL_TOO_FAST', 'a moment');
    }
    const id = this.context.freshId();
    const content: DirectContent = { kind: 'text', from: this.context.me.key, to: to.key, id, text };
    this.sealing += 1;
    this.context.seal(to.exchange, JSON.stringify(content), (sealed) => {
      this.sealing -= 1;
      if (sealed === null || sealed.length > SEALED_MAX)
        return this.context.refuseWith(ref, 'WHISPER_UNCONFIRMED', to.name);
      const unconfirmed: Unconfirmed = { ref, id, to, sealed, at: null, sent: 0, nextAt: null };
      this.unconfirmed.set(id, unconfirmed);
      this.resend(unconfirmed);
    });
  }

  /** Parses an opened message; null unless both keys inside match the keys outside (VISIT-3). */
  read({ key, to }: DirectMessage, plain: string | null): DirectContent | null {
    const content = plain === null ? null : parseJson(plain);
    if (!directContentShape.accepts(content) || content.from !== key || content.to !== to) return null;
    const fits = content.kind === 'heard' || byteLength(content.text) <= LIMITS.messageTextBytes;
    return fits ? content : null;
  }

  /** Handles a verified message. `from`: its signer. */
  receive(from: Participant, content: DirectContent, at: Instant): void {
    if (content.kind === 'heard') return this.confirmed(from, content.id);
    const name = `${from.key} ${content.id}`;
    if (!this.reported.has(name)) {
      this.remember(name);
      this.context.report({ type: 'direct_message', from, id: content.id, text: content.text, at });
    }
    this.confirm(from, content.id);
  }

  wakeAt(): Instant | null {
    let at: Instant | null = null;
    for (const one of this.unconfirmed.values()) {
      at = earlier(at, one.nextAt);
      if (one.at !== null) at = earlier(at, one.at + LIMITS.directMessageGiveUpMs);
    }
    return at;
  }

  wake(): void {
    const { now } = this.context;
    for (const one of [...this.unconfirmed.values()]) {
      if (one.at !== null && one.at + LIMITS.directMessageGiveUpMs <= now)
        this.end(one, new Refusal('WHISPER_UNCONFIRMED', one.to.name));
      else if (one.nextAt !== null && one.nextAt <= now) this.resend(one);
    }
  }

  private resend(one: Unconfirmed): void {
    one.nextAt = null;
    this.outgoing.add({ to: one.to.key, sealed: one.sealed }, (outcome) => this.settled(one, outcome));
  }

  /** Plans the next attempt. A refusal for speed counts as a loss; after the first attempt, every refusal does. */
  private settled(one: Unconfirmed, outcome: SendOutcome): void {
    if (!this.unconfirmed.has(one.id)) return;
    const isLost = outcome instanceof Refusal && (one.at !== null || outcome.code === 'CHANNEL_TOO_FAST');
    if (outcome instanceof Refusal && !isLost) return this.end(one, outcome);
    one.at ??= this.context.now;
    const waitMs = LIMITS.directMessageResendMs[one.sent];
    one.sent += 1;
    one.nextAt = waitMs === undefined ? null : this.context.now + waitMs;
  }

  private confirmed(from: Participant, id: string): void {
    const one = this.unconfirmed.get(id);
    if (one?.to.key !== from.key) return;
    this.unconfirmed.delete(id);
    this.context.answer(one.ref, { ok: true, type: 'direct_delivered', id, at: one.at ?? this.context.now });
  }

  private end(one: Unconfirmed, refusal: Refusal): void {
    this.unconfirmed.delete(one.id);
    this.context.refuse(one.ref, refusal);
  }

  /** Confirms to the sender, within a rate that leaves room for our own messages. The sender will ask again. */
  private confirm(to: Participant, id: string): void {
    if (!this.answers.take(this.context.now)) return;
    const content: DirectContent = { kind: 'heard', from: this.context.me.key, to: to.key, id };
    this.context.seal(to.exchange, JSON.stringify(content), (sealed) => {
      if (sealed !== null) this.outgoing.add({ to: to.key, sealed }, () => undefined);
    });
  }

  private remember(name: string): void {
    this.reported.add(name);
    if (this.reported.size <= LIMITS.directMessagesSeenMax) return;
    const [oldest] = this.reported;
    if (oldest !== undefined) this.reported.delete(oldest);
  }
}
