// The delivery progress of the own messages at each recipient (SPEC GROUP-31): what the recipient acknowledged, what
// the name server holds for it, and the state of each message that follows.

import { LIMITS } from '../../../kit/limits.js';
import { parseJson } from '../../../kit/bytes.js';
import type { MemberContext } from '../member-context.js';
import type { StoredGroupMessage } from '../group-store.js';
import type { MemberMessages } from './messages.js';

/** The progress of one recipient, stored as a memo. `delivered`, `held`: own message numbers. */
interface Mark {
  /** The admission id of the recipient: with a new admission the progress starts anew. */
  readonly by: string;
  /** The own device that these numbers belong to. */
  readonly device: string;
  delivered: number;
  held: number;
}

const ORDER = ['queued', 'held', 'delivered'] as const;

export class RecipientProgress {
  private readonly marks = new Map<string, Mark>();
  /** The own messages that some recipient has not acknowledged, by number. */
  private undelivered: StoredGroupMessage[];
  /** The users whose mark changed since it was stored. */
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

  sent(message: StoredGroupMessage): void {
    this.undelivered.push(message);
  }

  get isFull(): boolean {
    return this.undelivered.length >= LIMITS.groupUnsettledMessagesMax;
  }

  /** A member acknowledged the own messages up to a number. */
  delivered(user: string, upTo: number): void {
    const mark = this.mark(user);
    // Capped at the last own number: else a lying member could mark future messages as delivered.
    const delivered = Math.min(upTo, this.messages.seqOf(this.device));
    if (delivered <= mark.delivered) return;
    mark.delivered = delivered;
    this.dirty.add(user);
  }

  held(user: string, upTo: number | null): void {
    this.mark(user).held = upTo ?? 0;
    this.dirty.add(user);
  }

  /** The messages that a member lacks and that the name server does not hold for it. */
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

  /** Forgets messages that no member accepts any more. */
  dropCancelled(): void {
    const { store } = this.context;
    this.undelivered = this.undelivered.filter(({ seq }) => store.messageAt(this.device, seq)?.state !== 'cancelled');
  }

  get undeliveredMessages(): readonly StoredGroupMessage[] {
    return this.undelivered;
  }

  /** Updates the state of each message and stores the progress. A new member is a recipient of later messages only. */
  updateStates(): void {
    const { context } = this;
    const marks = context.membership.peers().map(({ user }) => this.mark(user));
    const least = (of: (mark: Mark) => number): number =>
      marks.reduce((low, mark) => Math.min(low, of(mark)), Infinity);
    const delivered = least((mark) => mark.delivered);
    const held = least((mark) => Math.max(mark.delivered, mark.held));
    for (const message of this.undelivered) {
      const state = ORDER[message.seq <= delivered ? 2 : message.seq <= held ? 1 : 0] ?? 'queued';
      if (state !== message.state) this.setState(message, state);
    }
    this.dropDelivered();
    for (const user of this.dirty) context.store.putMemo(`mark ${user}`, JSON.stringify(this.mark(user)));
    this.dirty.clear();
  }

  private setState(message: StoredGroupMessage, state: 'queued' | 'held' | 'delivered'): void {
    const { context } = this;
    context.store.setState(message.id, state);
    context.emit({ type: 'state', id: message.id, state });
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
