// What users do beside chatting: they look each other up, ask for the friendship of the newcomer, and use a group.

import type { Command } from '../../../protocols/control/command.js';
import type { Random } from '../kernel/random.js';
import type { RunContext } from '../network/network-model.js';
import type { UserMachine } from '../user-machine.js';
import type { ServersChecker } from './servers-checker.js';
import { MADE_UP } from './accomplice/made-up-member.js';
import { ACCOMPLICE, NEWCOMER, type ServersPlan } from './servers-plan.js';

const PACE_MS = 1_500;
const GROUP = 'books';
/** When the founder invites the others: all are online by then. */
const INVITED_MS = 3_000;
/** The group of the accomplice, and when it invites the user whom it made up: the others have joined by then. */
const FALSE_GROUP = 'films';
const MADE_UP_INVITED_MS = 7_000;
/**
 * The forgetful user goes offline before it is invited, and then loses its letter keys; ms after the beginning of the
 * lies, so that the liar sees the invitations.
 */
const OFFLINE_MS = 2_000;
const KEYS_LOST_MS = 3_600;
const LIES_BEGIN_MS = 10_000;

export class Curiosity {
  private isStopped = false;
  private readonly random: Random;

  constructor(
    private readonly run: RunContext,
    private readonly plan: ServersPlan,
    private readonly machines: readonly UserMachine[],
    private readonly checker: ServersChecker,
  ) {
    this.random = run.random.fork('curiosity');
  }

  /** The first user founds a group with the others, and so does the accomplice. */
  prepare(): void {
    const { forgetful } = this.plan;
    if (this.plan.hasGroup) this.found(this.founder, GROUP, forgetful === null ? 0 : LIES_BEGIN_MS);
    if (forgetful !== null) this.forget(forgetful);
    if (!this.plan.hasMadeUpMember) return;
    this.found(ACCOMPLICE, FALSE_GROUP);
    this.run.timeline.after(MADE_UP_INVITED_MS, () => this.send(ACCOMPLICE, invitation(FALSE_GROUP, MADE_UP)));
  }

  private forget(user: string): void {
    const { timeline, tally } = this.run;
    timeline.after(LIES_BEGIN_MS + OFFLINE_MS, () => this.send(user, { type: 'offline' }));
    timeline.after(LIES_BEGIN_MS + KEYS_LOST_MS, () => {
      tally.add('lost letter keys');
      this.checker.restores(user);
      this.checker.losesLetterKeys(user);
      this.machineOf(user).restoreWithoutLetterKeys();
    });
  }

  private found(founder: string, group: string, waitMs = 0): void {
    this.send(founder, { type: 'create_group', group, isPublic: false, history: null });
    this.run.timeline.after(waitMs + INVITED_MS, () => {
      for (const user of this.friends) if (user !== founder) this.send(founder, invitation(group, user));
    });
  }

  start(): void {
    const wait = () => (this.isStopped ? null : this.random.between(0, 2 * PACE_MS));
    this.run.timeline.every(wait, () => {
      if (!this.isStopped) this.act();
    });
  }

  stop(): void {
    this.isStopped = true;
  }

  private act(): void {
    const name = this.random.pick(this.plan.friends);
    this.send(name, this.random.pick(this.wishes(name)));
  }

  /** Where there is a group, only its founder knows the newcomer: the other members meet a stranger in it. */
  private wishes(name: string): Command[] {
    const others = this.friends.filter((other) => other !== name);
    const looks: Command[] = [{ type: 'lookup', user: this.random.pick(others) }, { type: 'update' }];
    if (!this.plan.hasGroup) return [...looks, { type: 'add', user: NEWCOMER, note: 'hello' }];
    return name === this.founder ? [...looks, invitation(GROUP, NEWCOMER)] : looks;
  }

  private get friends(): string[] {
    return [...this.plan.friends, ACCOMPLICE];
  }

  private get founder(): string {
    return this.plan.friends[0] ?? ACCOMPLICE;
  }

  private send(name: string, command: Command): void {
    this.machineOf(name).user.send(command);
  }

  private machineOf(name: string): UserMachine {
    const machine = this.machines.find((each) => each.name === name);
    if (!machine) throw new Error(`there is no user ${name}`);
    return machine;
  }
}

function invitation(group: string, user: string): Command {
  return { type: 'invite', group, user };
}
