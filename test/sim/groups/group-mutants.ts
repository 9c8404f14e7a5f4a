// Faults planted in the machine of a group: the simulator must catch each of them, or its silence means nothing.

import { MembershipLog } from '../../../protocols/groups/log/membership-log.js';
import { MembershipIntervals } from '../../../protocols/groups/log/membership-intervals.js';
import { MemberContext } from '../../../protocols/groups/member/member-io.js';
import { MemberSync } from '../../../protocols/groups/member/sync.js';
import { MemberMessages } from '../../../protocols/groups/member/messages/messages.js';
import type { VersionVector } from '../../../protocols/groups/entry.js';
import { MemoryGroupStore } from '../../../client/store/memory/memory-group-store.js';
import { GroupWorld } from './group-world.js';

type Method = (this: never, ...given: never[]) => unknown;

/** `rules`: a violation of another rule does not count as catching it. `plant` gives what takes the fault out again. */
export interface GroupMutant {
  readonly fault: string;
  readonly rules: readonly string[];
  /** True where it takes more seeds than every `npm test` has time for: hunted by `npm run sim:mutants` only. */
  readonly isElusive?: boolean;
  readonly plant: () => () => void;
}

/** Puts another method in the place of one, private ones too. */
function instead(owner: { prototype: object }, name: string, make: (real: Method) => Method): () => () => void {
  return () => {
    const prototype = owner.prototype as Record<string, Method>;
    const real = prototype[name];
    if (real === undefined) throw new Error(`nothing is called ${name}`);
    prototype[name] = make(real);
    return () => (prototype[name] = real);
  };
}

/** The same for something read, not called. */
function reading(owner: { prototype: object }, name: string, value: unknown): () => () => void {
  return () => {
    const real = Object.getOwnPropertyDescriptor(owner.prototype, name);
    if (real === undefined) throw new Error(`nothing is called ${name}`);
    Object.defineProperty(owner.prototype, name, { configurable: true, get: () => value });
    return () => void Object.defineProperty(owner.prototype, name, real);
  };
}

export const GROUP_MUTANTS: readonly GroupMutant[] = [
  {
    fault: 'a majority of the newest configuration is enough',
    isElusive: true,
    rules: ['GROUP-6', 'GROUP-10'],
    plant: instead(MembershipLog, 'isMajority', (real) =>
      method<MembershipLog>((self, counts, _low, high) => Reflect.apply(real, self, [counts, high, high])),
    ),
  },
  {
    fault: 'a vote is not on disk',
    isElusive: true,
    rules: ['GROUP-16', 'GROUP-6', 'GROUP-10'],
    plant: instead(MemoryGroupStore, 'putMemo', (real) =>
      method<MemoryGroupStore>((self, name, text) => Reflect.apply(real, self, [name, withoutVote(name, text)])),
    ),
  },
  {
    fault: 'messages beyond the cut are accepted',
    rules: ['GROUP-23', 'GROUP-29'],
    plant: instead(MembershipIntervals, 'verdict', () => () => 'counts'),
  },
  {
    fault: 'a removal that a takeover orphaned is forgotten',
    isElusive: true,
    rules: ['GROUP-13'],
    plant: instead(MemberContext, 'orphanedRemoval', () => () => null),
  },
  {
    fault: 'a row is replaced below what is ratified',
    isElusive: true,
    rules: ['GROUP-10', 'fault'],
    plant: instead(MembershipLog, 'replacesRatified', () => () => false),
  },
  {
    fault: 'somebody is added without saying yes',
    rules: ['GROUP-2'],
    plant: instead(MembershipLog, 'consentFault', () => () => null),
  },
  {
    fault: 'an old yes counts after a removal',
    isElusive: true,
    rules: ['GROUP-2'],
    plant: instead(MembershipLog, 'endedAfter', () => () => false),
  },
  {
    fault: 'who said that they leave is still sent to',
    rules: ['GROUP-22'],
    plant: instead(MemberContext, 'isGone', () =>
      method<MemberContext>((self, member) => self.orphanedRemoval(member) !== null),
    ),
  },
  {
    fault: 'a member signs for a term below one it voted in',
    rules: ['GROUP-6', 'GROUP-7', 'GROUP-10'],
    plant: reading(MemberContext, 'isBoundToLaterTerm', false),
  },
  {
    fault: 'a member acknowledges more than it has',
    rules: ['GROUP-29', 'GROUP-34'],
    plant: instead(MemberMessages, 'versionVector', (real) =>
      method<MemberMessages>((self) => haveOf(real, self).map((each) => ({ ...each, seq: each.seq + 1 }))),
    ),
  },
  {
    fault: 'what is missing is never asked for',
    rules: ['GROUP-29', 'GROUP-31', 'GROUP-34'],
    plant: instead(MemberSync, 'requestNext', () => () => undefined),
  },
  {
    fault: 'numbers are passed over without proof',
    rules: ['GROUP-29', 'GROUP-34'],
    plant: instead(MembershipIntervals, 'maySkip', () => () => true),
  },
];

function method<Self>(work: (self: Self, ...given: never[]) => unknown): Method {
  return function (this: Self, ...given: never[]) {
    return work(this, ...given);
  };
}

function haveOf(real: Method, self: MemberMessages): VersionVector {
  return Reflect.apply(real, self, []) as VersionVector;
}

function withoutVote(name: string, text: string): string {
  return name === 'memory' ? JSON.stringify({ ...(JSON.parse(text) as object), vote: null, promised: 0 }) : text;
}

export interface GroupCatch {
  readonly seed: number;
  readonly violation: string;
}

/** The first seed that is clean without the fault and breaks a fitting rule with it; null where none does. */
export function huntInGroups({ plant, rules }: GroupMutant, from: number, seeds: number): GroupCatch | null {
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
