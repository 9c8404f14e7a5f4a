// Serves stored messages of all authors to other members, as far as their policy lets them read these (SPEC GROUP-33).

import { byteLength } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Signed } from '../../../kit/signed.js';
import type { VersionVector } from '../../entry.js';
import type { GroupFrameBody } from '../../frames.js';
import { peekMessage } from '../../group-message.js';
import { recordBodies } from '../../log/entry-batches.js';
import type { MemberContext } from '../member-context.js';
import type { StoredGroupMessage } from '../group-store.js';
import type { MemberMessages } from './messages.js';
import { recordsBesideLog } from '../offered-records.js';
import { firstReadableEpoch } from './readable-epoch.js';
import type { PeerBudget } from './peer-budget.js';

type MessageRequest = Extract<GroupFrameBody, { type: 'message_request' }>;

/** What a request for the past is charged, in batches. */
const PAST_COST = Math.ceil((LIMITS.groupHistoryMax * 2) / LIMITS.groupBatchMessages);

export class HistoryServer {
  constructor(
    private readonly context: MemberContext,
    private readonly messages: MemberMessages,
    private readonly budget: PeerBudget,
  ) {}

  /** Answers a request with one batch, within the budget of the user (SPEC GROUP-60). */
  serve(user: string, { have, past, skip }: MessageRequest): void {
    const { context } = this;
    if (!context.linked.has(user) || !this.budget.takeBatches(user, context.now, past ? PAST_COST : 1)) return;
    const batch = past ? this.historyFor(user) : this.missingFor(user, [...have, ...skip.map(allOf)]);
    const { messages, more } = batchOf(batch);
    const devices = new Set(batch.slice(0, messages.length).map(({ device }) => device));
    for (const body of recordBodies(0, recordsBesideLog(context, devices))) context.send(user, body);
    context.send(user, { type: 'messages', messages, more });
  }

  /** The messages beyond `have` that the user may read, by device; at least one batch if there are that many. */
  private missingFor(user: string, have: VersionVector): StoredGroupMessage[] {
    const { context } = this;
    const known = new Map(have.map(({ device, seq }) => [device, seq]));
    const since = firstReadableEpoch(context, user);
    const batch: StoredGroupMessage[] = [];
    for (const { device, seq } of this.messages.versionVector()) {
      const has = known.get(device) ?? 0;
      if (seq <= has || batch.length > LIMITS.groupBatchMessages) continue;
      const stored = context.store.messagesFrom(device, has, LIMITS.groupBatchMessages + 1);
      batch.push(...stored.filter((stored) => stored.visibility !== 'hidden' && this.isFor(stored, since)));
    }
    return batch;
  }

  private isFor({ signed }: StoredGroupMessage, since: number): boolean {
    const message = peekMessage(signed);
    return message !== null && (this.context.intervals.epochIndex(message.epoch) ?? 0) >= since;
  }

  /** The newest messages from before the membership of the user, as many as the policy at its entry grants. */
  private historyFor(user: string): StoredGroupMessage[] {
    const { context } = this;
    const member = context.log.members.get(user);
    const history = member && context.log.at(member.since)?.policy.history;
    if (typeof history !== 'number') return [];
    return context.store
      .newestVisible(LIMITS.groupHistoryMax * 2)
      .filter((stored) => !this.isFor(stored, member?.since ?? 0))
      .slice(-history);
  }
}

/** Nothing of this device is wanted. */
function allOf(device: string): VersionVector[number] {
  return { device, seq: Number.MAX_SAFE_INTEGER };
}

/** The first messages that fit into one batch. `more`: there are others. */
export function batchOf(messages: readonly StoredGroupMessage[]): { messages: Signed[]; more: boolean } {
  let length = 0;
  const end = messages.findIndex(({ signed }, nth) => {
    length += signed.payload.length;
    return nth > 0 && (length > LIMITS.groupBatchBytes || nth >= LIMITS.groupBatchMessages);
  });
  const some = end < 0 ? messages : messages.slice(0, end);
  return { messages: some.map(({ signed }) => signed), more: end >= 0 };
}

/** How many of these parts fit into so many bytes of a letter; at least one if there is any. */
export function countWithin(parts: readonly object[], bytesMax: number): number {
  let bytes = 0;
  const end = parts.findIndex((part, nth) => {
    bytes += letterBytes(part);
    return nth > 0 && bytes > bytesMax;
  });
  return end < 0 ? parts.length : end;
}

/** The size of a part in a letter, which is JSON inside the JSON of a signed object and thus escaped twice. */
export function letterBytes(part: object): number {
  return byteLength(JSON.stringify(JSON.stringify(part)));
}
