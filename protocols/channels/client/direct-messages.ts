// Whispers: sealed to one key, confirmed end to end, sent again until they are (VISIT-3, VISIT-4).

import { TokenBucket } from '../../kit/bounds/token-bucket.js';
import { byteLength, parseJson } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { earlier, type Instant } from '../../kit/machine.js';
import { Refusal } from '../../kit/refusals.js';
import { directContentShape, type DirectMessage, type DirectContent } from '../signed-objects.js';
import type { SendOutcome, OutgoingQueue } from './outgoing-queue.js';
import type { ChannelClientContext } from './client-context.js';
import type { Participant } from './io.js';

/** One of ours that the other has not confirmed. */
interface Unconfirmed {
  readonly ref: number;
  readonly id: string;
  readonly to: Participant;
  readonly sealed: string;
  /** When it was taken for the first time; null before. */
  at: Instant | null;
  /** How often it was taken. */
  sent: number;
  /** When it is sent again; null while it waits to be taken. */
  nextAt: Instant | null;
}

const ANSWERS = { perSecond: LIMITS.directMessageAnswersPerSecond, burst: LIMITS.directMessageAnswersBurst };

const SEALED_MAX = Math.ceil((LIMITS.directMessageBytes * 4) / 3);

export class DirectMessages {
  private readonly unconfirmed = new Map<string, Unconfirmed>();
  /** Wishes whose seal is being made. */
  private sealing = 0;
  /** What was shown: sender and id, the oldest first. */
  private readonly shown = new Set<string>();
  private readonly answers = new TokenBucket(ANSWERS, 0);

  constructor(
    private readonly turn: ChannelClientContext,
    private readonly sayings: OutgoingQueue,
  ) {}

  whisper(ref: number, to: Participant, text: string): void {
    if (to.key === this.turn.me.key) return this.turn.refuseWith(ref, 'SELF');
    if (this.unconfirmed.size + this.sealing >= LIMITS.directMessagesWaitingMax) {
      return this.turn.refuseWith(ref, 'CHANNEL_TOO_FAST', 'a moment');
    }
    const id = this.turn.freshId();
    const whisper: DirectContent = { kind: 'text', from: this.turn.me.key, to: to.key, id, text };
    this.sealing += 1;
    this.turn.seal(to.exchange, JSON.stringify(whisper), (sealed) => {
      this.sealing -= 1;
      if (sealed === null || sealed.length > SEALED_MAX)
        return this.turn.refuseWith(ref, 'WHISPER_UNCONFIRMED', to.name);
      const unconfirmed: Unconfirmed = { ref, id, to, sealed, at: null, sent: 0, nextAt: null };
      this.unconfirmed.set(id, unconfirmed);
      this.send(unconfirmed);
    });
  }

  /** What a sealed text to us says, or null where it is no whisper of who signed it, to us (VISIT-3). */
  read({ key, to }: DirectMessage, plain: string | null): DirectContent | null {
    const whisper = plain === null ? null : parseJson(plain);
    if (!directContentShape.accepts(whisper) || whisper.from !== key || whisper.to !== to) return null;
    const fits = whisper.kind === 'heard' || byteLength(whisper.text) <= LIMITS.messageTextBytes;
    return fits ? whisper : null;
  }

  /** One that was proved. `from`: as they signed it. */
  heard(from: Participant, whisper: DirectContent, at: Instant): void {
    if (whisper.kind === 'heard') return this.confirmed(from, whisper.id);
    const name = `${from.key} ${whisper.id}`;
    if (!this.shown.has(name)) {
      this.remember(name);
      this.turn.tell({ news: 'whispered', from, id: whisper.id, text: whisper.text, at });
    }
    this.confirm(from, whisper.id);
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
    const { now } = this.turn;
    for (const one of [...this.unconfirmed.values()]) {
      if (one.at !== null && one.at + LIMITS.directMessageGiveUpMs <= now)
        this.end(one, new Refusal('WHISPER_UNCONFIRMED', one.to.name));
      else if (one.nextAt !== null && one.nextAt <= now) this.send(one);
    }
  }

  private send(one: Unconfirmed): void {
    one.nextAt = null;
    this.sayings.add({ to: one.to.key, sealed: one.sealed }, (fate) => this.settled(one, fate));
  }

  /** The server has taken it, or not: too fast is as good as lost, and after the first time so is everything else. */
  private settled(one: Unconfirmed, fate: SendOutcome): void {
    if (!this.unconfirmed.has(one.id)) return;
    const isLost = fate instanceof Refusal && (one.at !== null || fate.code === 'CHANNEL_TOO_FAST');
    if (fate instanceof Refusal && !isLost) return this.end(one, fate);
    one.at ??= this.turn.now;
    const waitMs = LIMITS.directMessageResendMs[one.sent];
    one.sent += 1;
    one.nextAt = waitMs === undefined ? null : this.turn.now + waitMs;
  }

  private confirmed(from: Participant, id: string): void {
    const one = this.unconfirmed.get(id);
    if (one?.to.key !== from.key) return;
    this.unconfirmed.delete(id);
    this.turn.answer(one.ref, { ok: true, done: 'whispered', id, at: one.at ?? this.turn.now });
  }

  private end(one: Unconfirmed, refusal: Refusal): void {
    this.unconfirmed.delete(one.id);
    this.turn.refuse(one.ref, refusal);
  }

  /** Tells the sender, unless so many ask for it that we would get to say nothing ourselves: they will ask again. */
  private confirm(to: Participant, id: string): void {
    if (!this.answers.take(this.turn.now)) return;
    const whisper: DirectContent = { kind: 'heard', from: this.turn.me.key, to: to.key, id };
    this.turn.seal(to.exchange, JSON.stringify(whisper), (sealed) => {
      if (sealed !== null) this.sayings.add({ to: to.key, sealed }, () => undefined);
    });
  }

  private remember(name: string): void {
    this.shown.add(name);
    if (this.shown.size <= LIMITS.directMessagesSeenMax) return;
    const [oldest] = this.shown;
    if (oldest !== undefined) this.shown.delete(oldest);
  }
}
