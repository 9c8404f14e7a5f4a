// Synchronizes members (SPEC, "Sync"): both ends of a link tell their state, missing entries are sent, and missing
// messages are requested in batches from one peer at a time.

import { LIMITS } from '../../kit/limits.js';
import { parseJson } from '../../kit/bytes.js';
import { earlier, type Instant } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import type { LogPosition, VersionVector } from '../entry.js';
import type { GroupFrameBody, SyncBody } from '../frames.js';
import { peekMessage } from '../group-message.js';
import { batchEntries } from '../log/entry-batches.js';
import { EntryServer } from './entry-server.js';
import type { MemberContext } from './member-context.js';
import { countWithin, HistoryServer } from './messages/history-server.js';
import type { MemberMessages, Receipt } from './messages/messages.js';
import { PeerBudget } from './messages/peer-budget.js';
import { missingRecords, newerRecords } from './offered-records.js';

type Body<T extends GroupFrameBody['type']> = Extract<GroupFrameBody, { type: T }>;

/** The newest statements, which a sync repeats. */
export interface LatestStatements {
  readonly heartbeat: () => Signed | null;
  readonly adopted: () => Signed | null;
}

/** The shortest interval between two syncs, for groups with a very short silence period. */
const INTERVAL_MS_MIN = 50;

export class MemberSync {
  /** The message numbers that each peer has told, by device. */
  private readonly peerVectors = new Map<string, Map<string, number>>();
  /** The head that each peer has told. */
  private readonly peerHeads = new Map<string, LogPosition>();
  /** The open request for messages. */
  private request: { readonly from: string; readonly until: Instant } | null = null;
  private syncAt: Instant = 0;
  private wantsHistory: boolean;
  /** For each peer the devices whose messages are to be acknowledged at the end of this tick. */
  private readonly acknowledgementsDue = new Map<string, Set<string>>();
  private receivedCount = 0;
  readonly entries: EntryServer;
  readonly history: HistoryServer;
  private readonly budget: PeerBudget;

  constructor(
    private readonly context: MemberContext,
    private readonly messages: MemberMessages,
    private readonly signed: LatestStatements,
  ) {
    this.budget = new PeerBudget(this.intervalMs());
    this.entries = new EntryServer(context, this.budget);
    this.history = new HistoryServer(context, messages, this.budget);
    this.wantsHistory = context.store.memo('past') !== 'asked';
  }

  wakeAt(): Instant | null {
    const { context } = this;
    if (context.linked.size === 0 || !context.isMember) return null;
    return earlier(this.syncAt, this.request?.until ?? null);
  }

  wake(): void {
    const { context } = this;
    if (this.request !== null && context.now >= this.request.until) {
      // A peer that does not answer counts as having nothing until its next sync, so another peer is asked.
      this.peerVectors.delete(this.request.from);
      this.request = null;
      this.requestNext();
    }
    if (context.now < this.syncAt || context.linked.size === 0 || !context.isMember) return;
    this.syncAt = context.now + this.intervalMs();
    for (const { user } of context.membership.peers()) this.sendSync(user, false);
  }

  /** Tells every linked peer, without an answer. */
  tellAll(): void {
    for (const { user } of this.context.membership.peers()) this.sendSync(user, true);
  }

  linked(user: string): void {
    if (this.context.linked.size === 1) this.syncAt = this.context.now + this.intervalMs();
    this.sendSync(user, false);
  }

  unlinked(user: string): void {
    this.peerVectors.delete(user);
    if (this.request?.from === user) this.request = null;
    this.requestNext();
  }

  sendSync(user: string, isAnswer: boolean): void {
    const { context } = this;
    if (!context.linked.has(user) || !context.membership.isPeer(user)) return;
    context.send(user, this.syncBody(isAnswer));
  }

  /** Sends the entries that the peer lacks and requests the messages that this member lacks. */
  receiveSync(from: string, sync: SyncBody): void {
    this.rememberHead(from, sync.head);
    this.entries.sendMissing(from, sync);
    if (!sync.isAnswer) this.replyWithSync(from, true);
    this.receiveVector(from, sync.have);
  }

  receiveVector(from: string, have: VersionVector): void {
    const known = this.peerVectors.get(from) ?? new Map<string, number>();
    for (const { device, seq } of have) if (mayRemember(known, device)) known.set(device, seq);
    this.peerVectors.set(from, known);
    this.requestNext();
  }

  /** The entries after the last known head of an offline member, as far as they fit into a letter beside messages. */
  logUpdateFor(user: string): GroupFrameBody[] {
    const { context } = this;
    const known = this.peerHeads.get(user) ?? this.storedHead(user);
    const since = context.log.members.get(user)?.since ?? 0;
    const from = known !== null && context.log.has(known) ? known.index : since;
    const options = { records: missingRecords(context), bytesMax: LIMITS.groupLetterBatchBytes };
    const bodies = batchEntries(context.log, from + 1, context.ratification.proofsSince(from), options);
    return bodies.slice(0, countWithin(bodies, LIMITS.groupSyncBytes));
  }

  /** Sends a sync because of a frame of this user (SPEC GROUP-60). */
  replyWithSync(user: string, isAnswer: boolean): void {
    if (this.budget.takeSync(user, this.context.now)) this.sendSync(user, isAnswer);
  }

  receiveMessages(from: string, { messages, more }: Body<'messages'>): void {
    const { context } = this;
    const isAnswer = this.request?.from === from;
    const receipts = messages.map((signed) => this.accept(signed, from));
    const fresh = receipts.filter((receipt) => receipt === 'new').length;
    if (fresh > 0) this.messages.wake();
    this.noteSenderHas(from, messages);
    this.noteAcknowledgements(from, messages);
    if (!isAnswer) {
      if (receipts.includes('later')) this.replyWithSync(from, false);
      return this.requestNext();
    }
    this.request = null;
    this.receivedCount = more ? this.receivedCount + fresh : 0;
    if (more) context.emit({ type: 'progress', received: this.receivedCount });
    // A peer that claims messages but sends no new one must not block requests to other peers.
    if (fresh === 0) this.peerVectors.delete(from);
    this.requestNext();
  }

  /** Acknowledges the messages stored in this tick, to the peer that sent them and to their author. */
  sendAcknowledgements(): void {
    for (const [user, devices] of this.acknowledgementsDue) {
      const have = this.messages.versionVector().filter(({ device }) => devices.has(device));
      if (have.length > 0) this.context.send(user, { type: 'acknowledgement', have }, true);
    }
    this.acknowledgementsDue.clear();
  }

  /** Requests messages from the first peer that has more than this member. */
  requestNext(): void {
    const { context } = this;
    if (this.request !== null || !context.isMember) return;
    const from = this.wantsHistory ? this.historySource() : this.peerWithMore();
    if (from === null) return;
    const past = this.wantsHistory;
    this.wantsHistory = false;
    if (past) context.store.putMemo('past', 'asked');
    this.request = { from, until: context.now + LIMITS.groupPullMs };
    const have = this.messages.versionVector();
    context.send(from, { type: 'message_request', have, past, skip: this.messages.budgeted.refusedNow() });
  }

  private accept(signed: Signed, from: string): Receipt {
    const receipt = this.messages.receive(signed, from);
    if (receipt === 'known' || receipt === 'rejected') return this.messages.receiveHistory(signed) ? 'new' : receipt;
    return receipt;
  }

  private noteAcknowledgements(from: string, messages: readonly Signed[]): void {
    const { context } = this;
    for (const signed of messages) {
      const message = peekMessage(signed);
      if (message === null || this.messages.seqOf(message.device) < message.seq) continue;
      for (const user of new Set([from, message.by])) {
        if (!context.membership.isPeer(user)) continue;
        const devices = this.acknowledgementsDue.get(user) ?? new Set();
        this.acknowledgementsDue.set(user, devices.add(message.device));
      }
    }
  }

  private rememberHead(user: string, head: LogPosition): void {
    if (this.peerHeads.get(user)?.hash === head.hash) return;
    this.peerHeads.set(user, head);
    this.context.store.putMemo(`head ${user}`, JSON.stringify(head));
  }

  private storedHead(user: string): LogPosition | null {
    const text = this.context.store.memo(`head ${user}`);
    return text === null ? null : (parseJson(text) as LogPosition);
  }

  /** A peer has the messages that it sends. */
  private noteSenderHas(from: string, messages: readonly Signed[]): void {
    const known = this.peerVectors.get(from);
    for (const signed of messages) {
      const message = peekMessage(signed);
      if (!message || !known || !mayRemember(known, message.device)) continue;
      known.set(message.device, Math.max(message.seq, known.get(message.device) ?? 0));
    }
  }

  private intervalMs(): number {
    return Math.max(INTERVAL_MS_MIN, Math.min(LIMITS.groupSyncMs, this.context.options.silenceMs / 2));
  }

  private syncBody(isAnswer: boolean): SyncBody {
    const { context } = this;
    const { log, memory } = context;
    return {
      type: 'sync',
      head: log.position,
      ratified: log.ratified,
      promised: memory.promised,
      have: this.messages.versionVector(),
      heartbeat: this.signed.heartbeat(),
      adopted: this.signed.adopted(),
      orphans: memory.orphans.map(({ signed }) => signed),
      newerRecords: newerRecords(context),
      isAnswer,
    };
  }

  /** True once a linked member has told its message numbers, and all its messages of these devices are here. */
  hasAllOf(user: string, isOld: (device: string) => boolean): boolean {
    const told = this.peerVectors.get(user);
    if (told === undefined) return false;
    return [...told].every(([device, seq]) => !isOld(device) || seq <= this.messages.seqOf(device));
  }

  /** The first linked peer: any member can serve the messages from before the own membership. */
  private historySource(): string | null {
    const { context } = this;
    const member = context.membership.own;
    if (member === null || typeof context.log.at(member.since)?.policy.history !== 'number') {
      this.wantsHistory = false;
      return this.peerWithMore();
    }
    return context.membership.peers().find(({ user }) => context.linked.has(user))?.user ?? null;
  }

  private peerWithMore(): string | null {
    const { context, messages } = this;
    const skipped = new Set(messages.budgeted.refusedNow());
    for (const [user, have] of this.peerVectors) {
      if (!context.membership.isPeer(user) || !context.linked.has(user)) continue;
      for (const [device, seq] of have) if (seq > messages.seqOf(device) && !skipped.has(device)) return user;
    }
    return null;
  }
}

/** A peer can make up any number of devices. */
function mayRemember(vector: ReadonlyMap<string, number>, device: string): boolean {
  return vector.size < LIMITS.groupDevicesMax || vector.has(device);
}
