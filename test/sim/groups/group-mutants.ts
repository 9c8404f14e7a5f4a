// Faults planted in the group machine (mutants). The simulation must catch each of them.

import { MembershipLog } from '../../../protocols/groups/log/membership-log.js';
import { MembershipIntervals } from '../../../protocols/groups/log/membership-intervals.js';
import { EffectiveMembership } from '../../../protocols/groups/member/effective-membership.js';
import { MemberContext } from '../../../protocols/groups/member/member-context.js';
import { MemberSync } from '../../../protocols/groups/member/sync.js';
import { MemberMessages } from '../../../protocols/groups/member/messages/messages.js';
import type { VersionVector } from '../../../protocols/groups/entry.js';
import { MemoryGroupStore } from '../../client/store/memory/memory-group-store.js';
import { GroupWorld } from './group-world.js';

type Method = (this: never, ...given: never[]) => unknown;

/** `rules`: only a violation of one of these counts as a catch. `plant` returns a function that removes the fault. */
export interface GroupMutant {
  readonly fault: string;
  readonly rules: readonly string[];
  /** Needs more seeds than `npm test` has time for: only `npm run sim:mutants` hunts it. */
  readonly isElusive?: boolean;
  /** The seed at which `npm test` begins to hunt it, 1 if absent. */
  readonly from?: number;
  readonly plant: () => () => void;
}

/** Replaces a method, also a private one. */
function replaceMethod(owner: { prototype: object }, name: string, make: (real: Method) => Method): () => () => void {
  return () => {
    const prototype = owner.prototype as Record<string, Method>;
    const real = prototype[name];
    if (real === undefined) throw new Error(`there is no ${name}`);
    prototype[name] = make(real);
    return () => (prototype[name] = real);
  };
}

/** Replaces a getter. */
function replaceGetter(owner: { prototype: object }, name: string, value: unknown): () => () => void {
  return () => {
    const real = Object.getOwnPropertyDescriptor(owner.prototype, name);
    if (real === undefined) throw new Error(`there is no ${name}`);
    Object.defineProperty(owner.prototype, name, { configurable: true, get: () => value });
    return () => void Object.defineProperty(owner.prototype, name, real);
  };
}

export const GROUP_MUTANTS: readonly GroupMutant[] = [
  {
    fault: 'a majority of the newest configuration is enough',
    isElusive: true,
    rules: ['GROUP-6', 'GROUP-10'],
    plant: replaceMethod(MembershipLog, 'isMajority', (real) =>
      method<MembershipLog>((self, counts, _low, high) => Reflect.apply(real, self, [counts, high, high])),
    ),
  },
  {
    fault: 'a vote is not on disk',
    isElusive: true,
    rules: ['GROUP-16', 'GROUP-6', 'GROUP-10'],
    plant: replaceMethod(MemoryGroupStore, 'putMemo', (real) =>
      method<MemoryGroupStore>((self, name, text) => Reflect.apply(real, self, [name, withoutVote(name, text)])),
    ),
  },
  {
    fault: 'messages beyond the cut are accepted',
    from: 41,
    rules: ['GROUP-23', 'GROUP-29'],
    plant: replaceMethod(MembershipIntervals, 'verdict', () => () => 'accepted'),
  },
  {
    fault: 'an orphaned removal is forgotten',
    isElusive: true,
    rules: ['GROUP-13'],
    plant: replaceMethod(EffectiveMembership, 'orphanedRemoval', () => () => null),
  },
  {
    fault: 'a ratified entry is replaced',
    isElusive: true,
    rules: ['GROUP-10', 'fault'],
    plant: replaceMethod(MembershipLog, 'replacesRatified', () => () => false),
  },
  {
    fault: 'a user is added without consent',
    rules: ['GROUP-2'],
    plant: replaceMethod(MembershipLog, 'consentFault', () => () => null),
  },
  {
    fault: 'the key of a user is pinned from a group',
    rules: ['GROUP-44'],
    plant: replaceMethod(EffectiveMembership, 'pinnedKey', (real) =>
      method<EffectiveMembership>((self, user) => self.keyOf(user) ?? Reflect.apply(real, self, [user])),
    ),
  },
  {
    fault: 'an old device still signs, until an entry replaces it',
    rules: ['GROUP-49'],
    plant: replaceMethod(MembershipLog, 'isReplaced', () => () => false),
  },
  {
    fault: 'an old device still signs after the entry that replaces it',
    from: 45,
    rules: ['GROUP-47', 'GROUP-29'],
    plant: replaceMethod(MembershipIntervals, 'lastOfDevice', () => () => Infinity),
  },
  {
    fault: 'a leader adds a user without a look at the key',
    rules: ['GROUP-42'],
    plant: replaceMethod(EffectiveMembership, 'isPinned', () => () => true),
  },
  {
    fault: 'a consent stays valid after a removal',
    isElusive: true,
    rules: ['GROUP-2'],
    plant: replaceMethod(MembershipLog, 'endedAfter', () => () => false),
  },
  {
    fault: 'a member that left still gets frames',
    rules: ['GROUP-22'],
    plant: replaceMethod(EffectiveMembership, 'isGone', () =>
      method<EffectiveMembership>((self, member) => self.orphanedRemoval(member) !== null),
    ),
  },
  {
    fault: 'a member adopts entries of a term before its vote',
    rules: ['GROUP-6', 'GROUP-7', 'GROUP-10'],
    plant: replaceGetter(MemberContext, 'isBoundToLaterTerm', false),
  },
  {
    fault: 'a member acknowledges more than it has',
    rules: ['GROUP-29', 'GROUP-34'],
    plant: replaceMethod(MemberMessages, 'versionVector', (real) =>
      method<MemberMessages>((self) => vectorOf(real, self).map((each) => ({ ...each, seq: each.seq + 1 }))),
    ),
  },
  {
    fault: 'missing messages are never requested',
    rules: ['GROUP-29', 'GROUP-31', 'GROUP-34'],
    plant: replaceMethod(MemberSync, 'requestNext', () => () => undefined),
  },
  {
    fault: 'message numbers are skipped without proof',
    rules: ['GROUP-29', 'GROUP-34'],
    plant: replaceMethod(MembershipIntervals, 'maySkip', () => () => true),
  },
];

function method<Self>(work: (self: Self, ...given: never[]) => unknown): Method {
  return function (this: Self, ...given: never[]) {
    return work(this, ...given);
  };
}

function vectorOf(real: Method, self: MemberMessages): VersionVector {
  return Reflect.apply(real, self, []) as VersionVector;
}

function withoutVote(name: string, text: string): string {
  return name === 'memory' ? JSON.stringify({ ...(JSON.parse(text) as object), vote: null, promised: 0 }) : text;
}

export interface GroupCatch {
  readonly seed: number;
  readonly violation: string;
}

/** The first seed that violates one of the rules with the fault and none without it; null if there is none. */
export function catchGroupMutant({ plant, rules }: GroupMutant, from: number, seeds: number): GroupCatch | null {
  for (let seed = from; seed < from + seeds; seed += 1) {
    const violation = planted(plant, seed).find((each) => rules.some((rule) => each.startsWith(`[${rule}]`)));
    if (violation !== undefined && new GroupWorld(seed).run().violations.length === 0) return { seed, violation };
  }
  return null;
}

function planted(plant: () => () => void, seed: number): readonly string[] {
  const takeOut = plant();
  try {
    return new GroupWorld(seed).run().violations;
  } catch (error) {
    return [`[fault] ${String(error)}`];
  } finally {
    takeOut();
  }
}
