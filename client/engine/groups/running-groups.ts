// The groups on this device, each with its machine: found by id or by name.

import type { GroupInput } from '../../../protocols/groups/member/member-io.js';
import type { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { GroupNames } from '../conversations/conversation-names.js';

export interface RunningGroup {
  readonly id: string;
  readonly name: string;
  readonly isPublic: boolean;
  readonly member: GroupMember;
  /** Members whose links the machine knows of. */
  readonly linked: Set<string>;
  /** The leader and the members that the user was notified of last. */
  notifiedMembers: string;
  /** Gives the machine an input and performs its effects. */
  readonly feed: (input: GroupInput) => void;
}

export class RunningGroups implements GroupNames {
  private readonly byId = new Map<string, RunningGroup>();

  add(running: RunningGroup): void {
    this.byId.set(running.id, running);
  }

  all(): RunningGroup[] {
    return [...this.byId.values()];
  }

  get(group: string): RunningGroup | null {
    return this.byId.get(group) ?? null;
  }

  /** The group of this name: one we are in, else one we were in; null where there is none. */
  named(name: string): RunningGroup | null {
    const known = this.all().filter((running) => running.name === name);
    return known.find(({ member }) => member.me !== null) ?? known.at(-1) ?? null;
  }

  idOf(name: string): string | null {
    return this.named(name)?.id ?? null;
  }

  isMember(group: string): boolean {
    return (this.get(group)?.member.me ?? null) !== null;
  }

  nameOf(group: string): string | null {
    return this.get(group)?.name ?? null;
  }
}
