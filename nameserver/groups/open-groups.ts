// Keeps the logs of listed groups that were published to last, so that a publication costs its own entries and not the
// whole log. Bounded by the members of all entries, which is what a log costs in memory.

import type { MembershipLog } from '../../protocols/groups/log/membership-log.js';
import type { OpenGroup } from '../../protocols/groups/log/listing.js';
import { LIMITS } from '../../protocols/kit/limits.js';

interface KeptGroup {
  readonly open: OpenGroup;
  readonly weight: number;
}

export class OpenGroups {
  /** By name. The one used longest ago is first. */
  private readonly groups = new Map<string, KeptGroup>();
  private weight = 0;

  has(name: string): boolean {
    return this.groups.has(name);
  }

  /** Takes a group out: the caller puts it back after it has used it. */
  take(name: string): OpenGroup | null {
    const kept = this.groups.get(name);
    if (kept === undefined) return null;
    this.groups.delete(name);
    this.weight -= kept.weight;
    return kept.open;
  }

  /** Keeps a group. Others make room, the one used longest ago first. */
  put(name: string, open: OpenGroup): void {
    this.take(name);
    const weight = weightOf(open.log);
    if (weight > LIMITS.openGroupsMembersMax) return;
    for (const other of this.groups.keys()) {
      if (this.weight + weight <= LIMITS.openGroupsMembersMax) break;
      this.take(other);
    }
    this.groups.set(name, { open, weight });
    this.weight += weight;
  }
}

/** Entries that change no member share the members of the entry before. */
function weightOf(log: MembershipLog): number {
  let weight = 0;
  let last: unknown = null;
  for (const { members } of log.entriesFrom(0)) {
    weight += members === last ? 1 : 1 + members.size;
    last = members;
  }
  return weight;
}
