// Serves entries of the log, with their proofs and records, to members and former members that lack them (SPEC GROUP-9,
// GROUP-22, GROUP-40), within their budget (SPEC GROUP-60).

import { LIMITS } from '../../kit/limits.js';
import type { GroupFrameBody, SyncBody } from '../frames.js';
import { isMoreUpToDate } from '../entry.js';
import { batchEntries, splitProofs } from '../log/entry-batches.js';
import { readableEnd } from '../log/replaced-devices.js';
import type { MemberContext } from './member-context.js';
import type { PeerBudget } from './messages/peer-budget.js';
import { recordsFor, recordsToVerify } from './offered-records.js';

/** Entries of usual size that one batch holds, to charge for an answer before it is read. */
const ENTRIES_PER_BATCH = 32;
/** Batches that one answer costs at most. */
const COST_MAX = 32;

export class EntryServer {
  constructor(
    private readonly context: MemberContext,
    private readonly budget: PeerBudget,
  ) {}

  /** Sends what a member with this head and ratified index lacks. */
  sendMissing(to: string, { head, ratified }: SyncBody): void {
    const { context } = this;
    const { log } = context;
    const proofs = context.ratification.proofsSince(ratified);
    const isCurrent = log.has(head) && head.index === log.position.index;
    if (isCurrent && proofs.length === 0) return;
    // A peer with a better log may still lack ratified entries that contradict its own (SPEC GROUP-40).
    if (isMoreUpToDate(head, log.position) && log.ratified <= ratified) return;
    const from = log.has(head) ? head.index + 1 : Math.min(ratified, head.index) + 1;
    if (!this.mayServe(to, from, log.position.index)) return;
    const records = recordsFor(context, log.signedFrom(from, LIMITS.groupEntriesPerFrame), proofs);
    const bodies: GroupFrameBody[] = batchEntries(log, from, proofs, { records });
    if (bodies.length === 0) bodies.push(...splitProofs({ type: 'entries', from, entries: [], proofs, records: [] }));
    for (const body of bodies) context.send(to, body);
  }

  /** Sends a former member what it needs to follow the end of its membership, and no more (SPEC GROUP-22). */
  sendEnd(to: string, { head, ratified }: SyncBody): void {
    const { context } = this;
    const { log } = context;
    const end = context.membership.endIndexOf(to);
    if (end === null || (log.has(head) && head.index >= end)) return;
    const begin = log.has(head) ? head.index : Math.min(ratified, end - 1);
    const upTo = readableEnd(log, begin, end);
    if (!this.mayServe(to, begin + 1, upTo)) return;
    const proofs = context.ratification.proofsSince(ratified);
    const records = recordsToVerify(context, log.signedFrom(begin + 1, upTo - begin), proofs);
    for (const body of batchEntries(log, begin + 1, proofs, { records, upTo })) context.send(to, body);
  }

  private mayServe(to: string, from: number, last: number): boolean {
    const batches = 1 + Math.floor(Math.max(0, last - from) / ENTRIES_PER_BATCH);
    return this.budget.takeBatches(to, this.context.now, Math.min(COST_MAX, batches));
  }
}
