// The users of the servers world: friends since before the run, who have pinned each other's real keys and the key of
// their home server.

import { signRecord } from '../../../protocols/directory/record-signing.js';
import type { Machine } from '../../../protocols/kit/machine.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import type { Person } from '../../../client/engine/core/store.js';
import { SETTINGS } from '../../../client/engine/core/settings.js';
import type { PlantedFaults } from '../hosts/planted-faults.js';
import type { HostSettings, SimulatedHost } from '../hosts/simulated-host.js';
import { UserKeys } from '../hosts/user-keys.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';
import type { Random } from '../kernel/random.js';
import { START_TIME } from '../kernel/timeline.js';
import type { ActionWeights } from '../load/user-actions.js';
import type { SimulatedNetwork } from '../network/simulated-network.js';
import { UserMachine } from '../user-machine.js';
import { Accomplice } from './accomplice/accomplice.js';
import { MADE_UP, MadeUpMember, madeUpMember } from './accomplice/made-up-member.js';
import type { ServersChecker } from './servers-checker.js';
import { ACCOMPLICE, NEWCOMER, type ServersPlan } from './servers-plan.js';

export const HOME_ORIGIN = 'http://nameserver';
export const LIAR_ORIGIN = 'http://liar.example';
/** Names the key pair of the home server. */
export const HOME_KEY = 'name server';

export interface UsersOptions {
  readonly network: SimulatedNetwork;
  readonly checker: ServersChecker;
  readonly planted: PlantedFaults;
  readonly hostSettings: () => HostSettings;
  /** The server that a user uses now. */
  readonly originOf: (user: string) => string;
  readonly onCrash: (host: SimulatedHost<Input, Effect>) => void;
}

/** The real identity key of a user. */
export function identityKey(user: string): string {
  return new UserKeys(user).identity.publicKey;
}

interface DrawnOptions extends UsersOptions {
  readonly plan: ServersPlan;
  readonly random: Random;
  readonly weights: ActionWeights;
}

export function createMachines(random: Random, plan: ServersPlan, options: UsersOptions): UserMachine[] {
  const weights = drawWeights(random);
  const friends = [...plan.friends, ACCOMPLICE];
  return [...friends, NEWCOMER].map((name) => {
    const machine = createMachine(name, { ...options, plan, random, weights });
    prepareDisk(machine, name === NEWCOMER ? [] : friends);
    return machine;
  });
}

function withMadeUpMember(machine: Machine<Input, Effect>, { network, random }: DrawnOptions): Machine<Input, Effect> {
  const onJoin = () => network.run.tally.add('made-up members');
  return new MadeUpMember(machine, { identity: identityKey(ACCOMPLICE), random: random.fork(MADE_UP), onJoin });
}

function createMachine(name: string, options: DrawnOptions): UserMachine {
  const { network, checker, plan, random, planted, weights, originOf } = options;
  const { addressChangeRate, behindRouter, paceMs } = plan.faults;
  const others = [...plan.friends, ACCOMPLICE].filter((other) => other !== name);
  const takesDials = !random.chance(behindRouter);
  return new UserMachine(network, checker, {
    settings: { name, addressChangeRate, takesDials, server: () => originOf(name), friendBytesPerDay: Infinity },
    profile: { name, others, weights, paceMs },
    hostSettings: options.hostSettings(),
    planted: {
      ...planted,
      clientStore: (store) => checker.watchPins(name, planted.clientStore?.(store) ?? store),
      client: (machine) => {
        const watched = checker.watchLetters(name, planted.client?.(machine) ?? machine);
        const onForgery = () => network.run.tally.add('made-up lines');
        return name === ACCOMPLICE ? new Accomplice(withMadeUpMember(watched, options), onForgery) : watched;
      },
    },
    byzantine: null,
    onCrash: options.onCrash,
  });
}

/** Friendships do not change, so that each message must arrive. */
function drawWeights(random: Random): ActionWeights {
  const none = { add: 0, accept: 0, reject: 0, remove: 0, block: 0, unblock: 0, post: 0, unpost: 0, fetch: 0 };
  return {
    ...none,
    say: random.between(2, 12),
    burst: random.pick([0, 0, 0.1]),
    quick: random.pick([0, 1]),
    cancel: random.pick([0, 0, 0.5]),
    look: 0.5,
    read: random.between(0, 2),
    goOffline: random.pick([0, 0.2, 1]),
  };
}

/** What the machine has stored before the run: its own record, the key of the home server, and its friends. */
function prepareDisk({ name, store }: UserMachine, friends: readonly string[]): void {
  store.putSetting(SETTINGS.record, JSON.stringify(firstRecord(name)));
  store.putSetting(SETTINGS.serverKey(HOME_ORIGIN), fakeKey(HOME_KEY).publicKey);
  for (const friend of friends) if (friend !== name) store.putPerson(friendOf(friend));
  const { key, record } = madeUpMember();
  if (name === ACCOMPLICE) store.putPerson({ ...personOf(MADE_UP, { key, record }), friendship: 'none' });
}

function friendOf(name: string): Person {
  return personOf(name, { key: identityKey(name), record: firstRecord(name) });
}

function personOf(name: string, pinned: NonNullable<Person['pinned']>): Person {
  const nothing = { note: '', blocked: false, verified: false, claimed: null, endpoints: [] };
  return { name, pinned, friendship: 'friend', epoch: 1, ...nothing };
}

function firstRecord(name: string): Signed {
  const { identity, present } = new UserKeys(name);
  const devices = [{ ...present, since: START_TIME }];
  return signRecord({ name, version: 1, identity, devices, previous: null, at: START_TIME }, fakePrimitives);
}
