// How far my messages have come with each member (SPEC GROUP-31): what they acknowledged, what the name server holds
// for them, and what that makes of each message's state.

import { LIMITS } from '../../kit/limits.js';
import { parseJson } from '../../kit/bytes.js';
import type { Desk } from './desk.js';
import type { KeptMessage } from './shelf.js';
import type { Talking } from './talking.js';

/** The numbers of my messages up to which a member has them, or the name server holds them. */
interface Mark {
  /** The yes by which the member belongs: one who went and came back counts from then. */
  readonly by: string;
  /** The device of mine whose numbers these are. */
  readonly device: string;
  delivered: number;
  held: number;
}

const ORDER = ['queued', 'held', 'delivered'] as const;

export class Recipients {
  private readonly marks = new Map<string, Mark>();
  /** Messages of mine, by number, that some recipient has not acknowledged. */
  private open: KeptMessage[];
  /** Users whose marks changed and are not on disk. */
  private readonly dirty = new Set<string>();

  constructor(
    private readonly desk: Desk,
    private readonly talking: Talking,
  ) {
    const { device } = this;
    for (const { name, text } of desk.shelf.memos('mark ')) {
      this.marks.set(name.slice('mark '.length), parseJson(text) as Mark);
    }
    const settled = Number(desk.shelf.memo(`settled ${device}`) ?? 0);
    const unsettled = desk.shelf.lane(device, settled, LIMITS.groupUnsettledMax);
    this.open = unsettled.filter(({ state }) => state === 'queued' || state === 'held');
  }

  /** I said something. */
  said(message: KeptMessage): void {
    this.open.push(message);
  }

  get isFull(): boolean {
    return this.open.length >= LIMITS.groupUnsettledMax;
  }

  /** A member says how far they have my messages. */
  has(user: string, upTo: number): void {
    const mark = this.mark(user);
    // No further than I have said: a liar would else hold as delivered what I say later.
    const delivered = Math.min(upTo, this.talking.seqOf(this.device));
    if (delivered <= mark.delivered) return;
    mark.delivered = delivered;
    this.dirty.add(user);
  }

  held(user: string, upTo: number | null): void {
    this.mark(user).held = upTo ?? 0;
    this.dirty.add(user);
  }

  /** What a member has not got, and nobody holds for them. */
  waitingFor(user: string): KeptMessage[] {
    const { delivered, held } = this.mark(user);
    const from = Math.max(delivered, held);
    return this.open.filter(({ seq }) => seq > from).slice(0, LIMITS.groupBatchMessages);
  }

  isWaiting(user: string, ignoresHeld = false): boolean {
    const { delivered, held } = this.mark(user);
    const from = ignoresHeld ? delivered : Math.max(delivered, held);
    return (this.open.at(-1)?.seq ?? 0) > from;
  }

  /** Some messages of mine count no more: nobody will ever acknowledge them. */
  forgetCancelled(): void {
    const { shelf } = this.desk;
    this.open = this.open.filter(({ seq }) => shelf.messageAt(this.device, seq)?.state !== 'cancelled');
  }

  get openMessages(): readonly KeptMessage[] {
    return this.open;
  }

  /** Tells what has changed since, and writes it down. Newcomers count from now on. */
  settle(): void {
    const { desk } = this;
    const marks = desk.peers().map(({ user }) => this.mark(user));
    const least = (of: (mark: Mark) => number): number =>
      marks.reduce((low, mark) => Math.min(low, of(mark)), Infinity);
    const delivered = least((mark) => mark.delivered);
    const held = least((mark) => Math.max(mark.delivered, mark.held));
    for (const message of this.open) {
      const state = ORDER[message.seq <= delivered ? 2 : message.seq <= held ? 1 : 0] ?? 'queued';
      if (state !== message.state) this.change(message, state);
    }
    this.close();
    for (const user of this.dirty) desk.shelf.putMemo(`mark ${user}`, JSON.stringify(this.mark(user)));
    this.dirty.clear();
  }

  private change(message: KeptMessage, state: 'queued' | 'held' | 'delivered'): void {
    const { desk } = this;
    desk.shelf.setState(message.id, state);
    desk.do({ kind: 'state', id: message.id, state });
    Object.assign(message, { state });
  }

  private close(): void {
    const done = this.open.filter(({ state }) => state === 'delivered');
    const last = done.at(-1);
    if (!last) return;
    this.open = this.open.filter(({ state }) => state !== 'delivered');
    const settled = (this.open[0]?.seq ?? last.seq + 1) - 1;
    this.desk.shelf.putMemo(`settled ${this.device}`, String(settled));
  }

  private mark(user: string): Mark {
    const known = this.marks.get(user);
    const by = this.desk.chain.members.get(user)?.by ?? '';
    if (known && known.device === this.device && (known.by === by || by === '')) return known;
    const mark = { by, device: this.device, delivered: this.talking.seqOf(this.device), held: 0 };
    this.marks.set(user, mark);
    this.dirty.add(user);
    return mark;
  }

  private get device(): string {
    return this.desk.self.device.publicKey;
  }
}
