// How far my messages have come with each member (SPEC GROUP-31): what they acknowledged, what the name server holds
// for them, and what that makes of each message's state.

import { LIMITS } from '../../../kit/limits.js';
import { parseJson } from '../../../kit/bytes.js';
import type { MemberContext } from '../member-io.js';
import type { StoredGroupMessage } from '../group-store.js';
import type { MemberMessages } from './messages.js';

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

export class RecipientProgress {
  private readonly marks = new Map<string, Mark>();
  /** Messages of mine, by number, that some recipient has not acknowledged. */
  private undelivered: StoredGroupMessage[];
  /** Users whose marks changed and are not on disk. */
  private readonly dirty = new Set<string>();

  constructor(
    private readonly context: MemberContext,
    private readonly messages: MemberMessages,
  ) {
    const { device } = this;
    for (const { name, text } of context.store.memos('mark ')) {
      this.marks.set(name.slice('mark '.length), parseJson(text) as Mark);
    }
    const settled = Number(context.store.memo(`settled ${device}`) ?? 0);
    const unsettled = context.store.messagesFrom(device, settled, LIMITS.groupUnsettledMessagesMax);
    this.undelivered = unsettled.filter(({ state }) => state === 'queued' || state === 'held');
  }

  /** I said something. */
  sent(message: StoredGroupMessage): void {
    this.undelivered.push(message);
  }

  get isFull(): boolean {
    return this.undelivered.length >= LIMITS.groupUnsettledMessagesMax;
  }

  /** A member says how far they have my messages. */
  delivered(user: string, upTo: number): void {
    const mark = this.mark(user);
    // No further than I have said: a liar would else hold as delivered what I say later.
    const delivered = Math.min(upTo, this.messages.seqOf(this.device));
    if (delivered <= mark.delivered) return;
    mark.delivered = delivered;
    this.dirty.add(user);
  }

  held(user: string, upTo: number | null): void {
    this.mark(user).held = upTo ?? 0;
    this.dirty.add(user);
  }

  /** What a member has not got, and nobody holds for them. */
  waitingFor(user: string): StoredGroupMessage[] {
    const { delivered, held } = this.mark(user);
    const from = Math.max(delivered, held);
    return this.undelivered.filter(({ seq }) => seq > from).slice(0, LIMITS.groupBatchMessages);
  }

  isWaiting(user: string, ignoresHeld = false): boolean {
    const { delivered, held } = this.mark(user);
    const from = ignoresHeld ? delivered : Math.max(delivered, held);
    return (this.undelivered.at(-1)?.seq ?? 0) > from;
  }

  /** Some messages of mine count no more: nobody will ever acknowledge them. */
  dropCancelled(): void {
    const { store: shelf } = this.context;
    this.undelivered = this.undelivered.filter(({ seq }) => shelf.messageAt(this.device, seq)?.state !== 'cancelled');
  }

  get undeliveredMessages(): readonly StoredGroupMessage[] {
    return this.undelivered;
  }

  /** Tells what has changed since, and writes it down. Newcomers count from now on. */
  updateStates(): void {
    const { context: desk } = this;
    const marks = desk.peers().map(({ user }) => this.mark(user));
    const least = (of: (mark: Mark) => number): number =>
      marks.reduce((low, mark) => Math.min(low, of(mark)), Infinity);
    const delivered = least((mark) => mark.delivered);
    const held = least((mark) => Math.max(mark.delivered, mark.held));
    for (const message of this.undelivered) {
      const state = ORDER[message.seq <= delivered ? 2 : message.seq <= held ? 1 : 0] ?? 'queued';
      if (state !== message.state) this.setState(message, state);
    }
    this.dropDelivered();
    for (const user of this.dirty) desk.store.putMemo(`mark ${user}`, JSON.stringify(this.mark(user)));
    this.dirty.clear();
  }

  private setState(message: StoredGroupMessage, state: 'queued' | 'held' | 'delivered'): void {
    const { context: desk } = this;
    desk.store.setState(message.id, state);
    desk.emit({ type: 'state', id: message.id, state });
    Object.assign(message, { state });
  }

  private dropDelivered(): void {
    const done = this.undelivered.filter(({ state }) => state === 'delivered');
    const last = done.at(-1);
    if (!last) return;
    this.undelivered = this.undelivered.filter(({ state }) => state !== 'delivered');
    const settled = (this.undelivered[0]?.seq ?? last.seq + 1) - 1;
    this.context.store.putMemo(`settled ${this.device}`, String(settled));
  }

  private mark(user: string): Mark {
    const known = this.marks.get(user);
    const by = this.context.log.members.get(user)?.admissionId ?? '';
    if (known && known.device === this.device && (known.by === by || by === '')) return known;
    const mark = { by, device: this.device, delivered: this.messages.seqOf(this.device), held: 0 };
    this.marks.set(user, mark);
    this.dirty.add(user);
    return mark;
  }

  private get device(): string {
    return this.context.self.device.publicKey;
  }
}
