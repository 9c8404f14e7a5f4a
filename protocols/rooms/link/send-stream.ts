// The sending end of a reliable stream over datagrams [RLINK-1 … 4]: takes records, gives frames until they are
// acknowledged.

import { viewOf } from '../../kit/bytes.js';
import type { Instant } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import { ByteWriter } from '../wire/byte-writer.js';
import type { Ack, Frame, Lane } from '../wire/packet.js';
import type { RoundTrip } from './round-trip.js';

/** Each record is preceded by its length. */
export const RECORD_HEAD_BYTES = 4;
const DOUBLINGS_MAX = 3;
const WORD_BITS = 32;

interface SentFrame {
  readonly frame: Frame;
  /** null: to be sent at once. */
  sentAt: Instant | null;
  times: number;
}

export class SendStream {
  private stream = 1;
  private boot = 0;
  private next = 1;
  private oldest = 1;
  private readonly unacknowledged = new Map<number, SentFrame>();
  private queue: Uint8Array[] = [];
  private queuedBytes = 0;

  constructor(
    private readonly lane: Lane,
    private readonly roundTrip: RoundTrip,
  ) {}

  /** The boot of the peer that this stream is bound to. */
  get target(): number {
    return this.boot;
  }

  get isIdle(): boolean {
    return this.unacknowledged.size === 0 && this.queuedBytes === 0;
  }

  /** Binds the stream to this boot of the peer [RLINK-4]. */
  bindTo(boot: number): void {
    if (boot === this.boot) return;
    this.boot = boot;
    this.clear();
  }

  /** Discards everything unacknowledged. The new stream number makes the peer discard what it buffered. */
  clear(): void {
    if (this.next === 1 && this.queuedBytes === 0) return;
    this.stream += 1;
    this.next = 1;
    this.oldest = 1;
    this.unacknowledged.clear();
    this.queue = [];
    this.queuedBytes = 0;
  }

  push(record: Uint8Array): void {
    if (this.queuedBytes > LIMITS.roomStreamBytes) this.clear(); // [RLINK-8]
    const head = new ByteWriter(RECORD_HEAD_BYTES).u32(record.length).done();
    this.queue.push(head, record);
    this.queuedBytes += head.length + record.length;
  }

  /** The frames to send now: new ones within the window, and those whose timeout has passed. */
  takeDue(now: Instant): Frame[] {
    while (this.queuedBytes > 0 && this.next - this.oldest < LIMITS.roomLinkWindow) this.makeFrame();
    const frames: Frame[] = [];
    for (const sent of this.unacknowledged.values()) {
      if (sent.sentAt !== null && now < this.retryAt(sent, sent.sentAt)) continue;
      sent.sentAt = now;
      sent.times += 1;
      frames.push(sent.frame);
    }
    return frames;
  }

  /** True iff `takeDue` would give a frame. */
  hasDue(now: Instant): boolean {
    if (this.queuedBytes > 0 && this.next - this.oldest < LIMITS.roomLinkWindow) return true;
    for (const sent of this.unacknowledged.values()) {
      if (sent.sentAt === null || now >= this.retryAt(sent, sent.sentAt)) return true;
    }
    return false;
  }

  acknowledge(ack: Ack, now: Instant): void {
    if (ack.stream !== this.stream || ack.upTo >= this.next) return;
    for (; this.oldest <= ack.upTo; this.oldest += 1) this.confirm(this.oldest, now);
    let newest = 0;
    for (let bit = 0; bit < 2 * WORD_BITS; bit += 1) {
      const word = bit < WORD_BITS ? ack.low : ack.high;
      if (((word >>> (bit % WORD_BITS)) & 1) === 0) continue;
      newest = ack.upTo + 2 + bit;
      this.confirm(newest, now);
    }
    this.markOvertaken(newest, now);
  }

  /** A frame is most likely lost if later frames were acknowledged: it is resent early [RLINK-3]. */
  private markOvertaken(newest: number, now: Instant): void {
    const patience = this.roundTrip.retryMs / 3;
    for (let number = this.oldest; number < newest; number += 1) {
      const sent = this.unacknowledged.get(number);
      if (sent && sent.sentAt !== null && now - sent.sentAt > patience) sent.sentAt = null;
    }
  }

  private confirm(number: number, now: Instant): void {
    const sent = this.unacknowledged.get(number);
    if (!sent) return;
    if (sent.times === 1 && sent.sentAt !== null) this.roundTrip.learn(now - sent.sentAt);
    this.unacknowledged.delete(number);
  }

  private retryAt(sent: SentFrame, sentAt: Instant): Instant {
    return sentAt + this.roundTrip.retryMs * 2 ** Math.min(DOUBLINGS_MAX, sent.times - 1);
  }

  /** Fills one frame from the queue: many small records, or a piece of a large one. */
  private makeFrame(): void {
    const out = new ByteWriter(Math.min(this.queuedBytes, LIMITS.roomFrameBytes));
    let used = 0;
    for (; used < this.queue.length && out.length < LIMITS.roomFrameBytes; used += 1) {
      const piece = this.queue[used] ?? new Uint8Array(0);
      const fits = LIMITS.roomFrameBytes - out.length;
      out.raw(viewOf(piece, 0, fits));
      if (piece.length <= fits) continue;
      this.queue[used] = viewOf(piece, fits);
      break;
    }
    this.queue = this.queue.slice(used);
    this.queuedBytes -= out.length;
    const frame = { lane: this.lane, stream: this.stream, number: this.next, bytes: out.done() };
    this.unacknowledged.set(this.next, { frame, sentAt: null, times: 0 });
    this.next += 1;
  }
}
