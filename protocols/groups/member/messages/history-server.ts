// What a member gives others of what was said (SPEC GROUP-33): anybody's messages, as far as they are for them, in
// batches.

import { byteLength } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Signed } from '../../../kit/signed.js';
import type { VersionVector } from '../../entry.js';
import { peekMessage } from '../../group-message.js';
import type { MemberContext } from '../member-io.js';
import type { StoredGroupMessage } from '../group-store.js';
import { visibleSince, type MemberMessages } from './messages.js';

export class HistoryServer {
  constructor(
    private readonly context: MemberContext,
    private readonly messages: MemberMessages,
  ) {}

  /** What somebody lacks and may have, by device; a little more than fits one batch. */
  missingFor(user: string, have: VersionVector): StoredGroupMessage[] {
    const { context: desk } = this;
    const theirs = new Map(have.map(({ device, seq }) => [device, seq]));
    const since = visibleSince(desk, user);
    const batch: StoredGroupMessage[] = [];
    for (const { device, seq } of this.messages.versionVector()) {
      const has = theirs.get(device) ?? 0;
      if (seq <= has || batch.length > LIMITS.groupBatchMessages) continue;
      const lane = desk.store.messagesFrom(device, has, LIMITS.groupBatchMessages + 1);
      batch.push(...lane.filter((kept) => kept.visibility !== 'hidden' && this.isFor(kept, since)));
    }
    return batch;
  }

  private isFor({ signed }: StoredGroupMessage, since: number): boolean {
    const message = peekMessage(signed);
    return message !== null && (this.context.intervals.epochIndex(message.epoch) ?? 0) >= since;
  }

  historyFor(user: string): StoredGroupMessage[] {
    const { context: desk } = this;
    const member = desk.log.members.get(user);
    const history = member && desk.log.at(member.since)?.policy.history;
    if (typeof history !== 'number') return [];
    return desk.store
      .newestVisible(LIMITS.groupHistoryMax * 2)
      .filter((kept) => !this.isFor(kept, member?.since ?? 0))
      .slice(-history);
  }
}

/** As many as fit a batch; `more`: they are not all. */
export function batchOf(messages: readonly StoredGroupMessage[]): { messages: Signed[]; more: boolean } {
  let letters = 0;
  const end = messages.findIndex(({ signed }, nth) => {
    letters += signed.payload.length;
    return nth > 0 && (letters > LIMITS.groupBatchBytes || nth >= LIMITS.groupBatchMessages);
  });
  const some = end < 0 ? messages : messages.slice(0, end);
  return { messages: some.map(({ signed }) => signed), more: end >= 0 };
}

/** How many of these, one at least where there is one, fit so many bytes of a letter. */
export function countWithin(parts: readonly object[], bytesMax: number): number {
  let bytes = 0;
  const end = parts.findIndex((part, nth) => {
    bytes += letterBytes(part);
    return nth > 0 && bytes > bytesMax;
  });
  return end < 0 ? parts.length : end;
}

/** A letter is JSON inside the JSON of a signed object: what stands in it is escaped twice. */
export function letterBytes(part: object): number {
  return byteLength(JSON.stringify(JSON.stringify(part)));
}
