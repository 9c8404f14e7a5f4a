// Keeping up with each other (SPEC, "Sync"): both say where they stand; entries first; messages are asked for, one
// batch at a time, of one member at a time.

import { LIMITS } from '../../kit/limits.js';
import { parseJson } from '../../kit/bytes.js';
import { earlier, type Instant } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import { isMoreUpToDate, type VersionVector, type LogPosition } from '../entry.js';
import type { GroupFrameBody, SyncBody, RatificationProof } from '../frames.js';
import { peekMessage } from '../group-message.js';
import { batchEntries, splitProofs } from '../log/entry-batches.js';
import type { MemberContext } from './member-io.js';
import { batchOf, countWithin, HistoryServer } from './messages/history-server.js';
import type { MemberMessages } from './messages/messages.js';

type Body<S extends GroupFrameBody['type']> = Extract<GroupFrameBody, { type: S }>;

/** What the syncing part may ask of the others. */
export interface LatestStatements {
  readonly heartbeat: () => Signed | null;
  readonly adopted: () => Signed | null;
}

const INTERVAL_MS_MIN = 50;

export class MemberSync {
  /** What members last said that they have. */
  private readonly peerVectors = new Map<string, Map<string, number>>();
  /** Where members last said that they stand. */
  private readonly peerHeads = new Map<string, LogPosition>();
  private request: { readonly from: string; readonly until: Instant } | null = null;
  private syncAt: Instant = 0;
  private wantsHistory: boolean;
  /** Members to be told what I have, before the turn ends. */
  private readonly acknowledgementsDue = new Map<string, Set<string>>();
  private receivedCount = 0;
  private readonly history: HistoryServer;

  constructor(
    private readonly context: MemberContext,
    private readonly messages: MemberMessages,
    private readonly signed: LatestStatements,
  ) {
    this.history = new HistoryServer(context, messages);
    this.wantsHistory = context.store.memo('past') !== 'asked';
  }

  wakeAt(): Instant | null {
    const { context: desk } = this;
    if (desk.linked.size === 0 || desk.me === null) return null;
    return earlier(this.syncAt, this.request?.until ?? null);
  }

  wake(): void {
    const { context: desk } = this;
    if (this.request !== null && desk.now >= this.request.until) {
      // Whoever does not answer has nothing, until they say so again: others may have it.
      this.peerVectors.delete(this.request.from);
      this.request = null;
      this.requestNext();
    }
    if (desk.now < this.syncAt || desk.linked.size === 0 || desk.me === null) return;
    this.syncAt = desk.now + this.intervalMs();
    for (const { user } of desk.peers()) this.sendSync(user, false);
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

  /** Says where I stand. */
  sendSync(user: string, isAnswer: boolean): void {
    const { context: desk } = this;
    if (!desk.linked.has(user) || !desk.isPeer(user)) return;
    desk.send(user, this.syncBody(isAnswer));
  }

  /** Somebody says where they stand: what they lack of the log is sent, what I lack is asked for. */
  receiveSync(from: string, sync: SyncBody): void {
    this.rememberHead(from, sync.head);
    this.sendMissingEntries(from, sync);
    if (!sync.isAnswer) this.sendSync(from, true);
    this.receiveVector(from, sync.have);
  }

  receiveVector(from: string, have: VersionVector): void {
    const known = this.peerVectors.get(from) ?? new Map<string, number>();
    for (const { device, seq } of have) known.set(device, seq);
    this.peerVectors.set(from, known);
    this.requestNext();
  }

  /** Somebody who belongs no more may hear that, and of nothing after it (SPEC GROUP-22). */
  sendEnd(from: string, { head, ratified }: SyncBody): void {
    const { context: desk } = this;
    const end = desk.endIndexOf(from);
    if (end === null || (desk.log.has(head) && head.index >= end)) return;
    const begin = desk.log.has(head) ? head.index : Math.min(ratified, end - 1);
    const words = batchEntries(desk.log, begin + 1, desk.ratification.proofsSince(ratified), { upTo: end });
    for (const word of words) desk.send(from, word);
  }

  /**
   * What a member who is away may not have heard of the log: all since the head they last spoke of, as far as a letter
   * bears it beside messages.
   */
  logUpdateFor(user: string): GroupFrameBody[] {
    const { context: desk } = this;
    const known = this.peerHeads.get(user) ?? this.storedHead(user);
    const since = desk.log.members.get(user)?.since ?? 0;
    const from = known !== null && desk.log.has(known) ? known.index : since;
    const options = { records: this.records(), bytesMax: LIMITS.groupLetterBatchBytes };
    const words = batchEntries(desk.log, from + 1, desk.ratification.proofsSince(from), options);
    return words.slice(0, countWithin(words, LIMITS.groupSyncBytes));
  }

  /** Gives one batch of what somebody asks for. */
  serveMessages(from: string, { have, past }: Body<'message_request'>): void {
    const { context: desk } = this;
    const batch = past ? this.history.historyFor(from) : this.history.missingFor(from, have);
    const { messages, more } = batchOf(batch);
    desk.send(from, { type: 'messages', messages, more });
  }

  receiveMessages(from: string, { messages, more }: Body<'messages'>): void {
    const { context: desk } = this;
    const isAnswer = this.request?.from === from;
    const receipts = messages.map((signed) => this.accept(signed));
    const fresh = receipts.filter((receipt) => receipt === 'new').length;
    if (fresh > 0) this.messages.wake();
    this.noteSenderHas(from, messages);
    this.noteAcknowledgements(from, messages);
    if (!isAnswer) {
      if (receipts.includes('later')) this.sendSync(from, false);
      return this.requestNext();
    }
    this.request = null;
    this.receivedCount = more ? this.receivedCount + fresh : 0;
    if (more) desk.emit({ type: 'progress', received: this.receivedCount });
    // Who has more and cannot give it holds up nobody who can.
    if (fresh === 0) this.peerVectors.delete(from);
    this.requestNext();
  }

  /** Before the turn ends: acknowledges what it stored, to who passed it on and to who wrote it. */
  sendAcknowledgements(): void {
    for (const [user, devices] of this.acknowledgementsDue) {
      const have = this.messages.versionVector().filter(({ device }) => devices.has(device));
      if (have.length > 0) this.context.send(user, { type: 'acknowledgement', have }, true);
    }
    this.acknowledgementsDue.clear();
  }

  /** Asks the first member who has more than I for it. */
  requestNext(): void {
    const { context: desk } = this;
    if (this.request !== null || desk.me === null) return;
    const from = this.wantsHistory ? this.historySource() : this.peerWithMore();
    if (from === null) return;
    const past = this.wantsHistory;
    this.wantsHistory = false;
    if (past) desk.store.putMemo('past', 'asked');
    this.request = { from, until: desk.now + LIMITS.groupPullMs };
    desk.send(from, { type: 'message_request', have: this.messages.versionVector(), past });
  }

  private accept(signed: Signed): 'new' | 'known' | 'later' | 'no' {
    const receipt = this.messages.receive(signed);
    if (receipt === 'known' || receipt === 'no') return this.messages.receiveHistory(signed) ? 'new' : receipt;
    return receipt;
  }

  private noteAcknowledgements(from: string, messages: readonly Signed[]): void {
    const { context: desk } = this;
    for (const signed of messages) {
      const message = peekMessage(signed);
      if (message === null || this.messages.seqOf(message.device) < message.seq) continue;
      for (const user of new Set([from, message.by])) {
        if (!desk.isPeer(user)) continue;
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

  /** They have what they sent. */
  private noteSenderHas(from: string, messages: readonly Signed[]): void {
    const known = this.peerVectors.get(from);
    for (const signed of messages) {
      const message = peekMessage(signed);
      if (message && known) known.set(message.device, Math.max(message.seq, known.get(message.device) ?? 0));
    }
  }

  private intervalMs(): number {
    return Math.max(INTERVAL_MS_MIN, Math.min(LIMITS.groupSyncMs, this.context.options.silenceMs / 2));
  }

  private syncBody(isAnswer: boolean): SyncBody {
    const { log: chain, memory } = this.context;
    return {
      type: 'sync',
      head: chain.position,
      ratified: chain.ratified,
      promised: memory.promised,
      have: this.messages.versionVector(),
      heartbeat: this.signed.heartbeat(),
      adopted: this.signed.adopted(),
      orphans: memory.orphans.map(({ signed }) => signed),
      isAnswer,
    };
  }

  private sendMissingEntries(to: string, { head, ratified }: SyncBody): void {
    const { context: desk } = this;
    const { log: chain } = desk;
    const proofs = desk.ratification.proofsSince(ratified);
    const isCurrent = chain.has(head) && head.index === chain.position.index;
    if (isCurrent && proofs.length === 0) return;
    if (isMoreUpToDate(head, chain.position)) return;
    const from = chain.has(head) ? head.index + 1 : Math.min(ratified, head.index) + 1;
    const records = this.recordsFor(chain.signedFrom(from, LIMITS.groupEntriesPerFrame), proofs);
    const words = batchEntries(chain, from, proofs, { records });
    if (words.length === 0) words.push(...splitProofs({ type: 'entries', from, entries: [], proofs, records: [] }));
    for (const word of words) desk.send(to, word);
  }

  /** Those it takes to judge these entries, then the newest of members. */
  private recordsFor(entries: readonly Signed[], proofs: readonly RatificationProof[]): Signed[] {
    const { log: chain, dependencies: tools } = this.context;
    const signed = JSON.stringify([entries, proofs]);
    const newest = new Set([...chain.members.values()].map(({ user, key }) => chain.roster.newest(user, key)?.payload));
    const isNeeded = (record: Signed): boolean =>
      tools.readRecord(record)?.devices.some(({ device }) => signed.includes(device)) ?? false;
    const all = this.records();
    const needed = all.filter(isNeeded);
    return [...needed, ...all.filter((record) => newest.has(record.payload) && !needed.includes(record))];
  }

  /** Of whoever signed anything, beside those in the row. */
  records(): Signed[] {
    const { log: chain } = this.context;
    const known = new Set(
      chain.entriesFrom(0).flatMap(({ entry: { op } }) => ('record' in op ? op.record.payload : [])),
    );
    return chain.roster.provingRecords().filter(({ payload }) => !known.has(payload));
  }

  /** The first linked member of the group: any can give what was said before my time. */
  private historySource(): string | null {
    const { context: desk } = this;
    const member = desk.me;
    if (member === null || typeof desk.log.at(member.since)?.policy.history !== 'number') {
      this.wantsHistory = false;
      return this.peerWithMore();
    }
    return desk.peers().find(({ user }) => desk.linked.has(user))?.user ?? null;
  }

  private peerWithMore(): string | null {
    const { context: desk, messages: talking } = this;
    for (const [user, have] of this.peerVectors) {
      if (!desk.isPeer(user) || !desk.linked.has(user)) continue;
      for (const [device, seq] of have) if (seq > talking.seqOf(device)) return user;
    }
    return null;
  }
}
