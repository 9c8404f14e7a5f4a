// What users do beside chatting: they look each other up, ask for the friendship of the newcomer, and use a group.

import type { Command } from '../../../protocols/control/command.js';
import type { Random } from '../kernel/random.js';
import type { RunContext } from '../network/network-model.js';
import type { UserMachine } from '../user-machine.js';
import { ACCOMPLICE, NEWCOMER, type ServersPlan } from './servers-plan.js';

const PACE_MS = 1_500;
const GROUP = 'books';
/** When the founder invites the others: all are online by then. */
const INVITED_MS = 3_000;

export class Curiosity {
  private isStopped = false;
  private readonly random: Random;

  constructor(
    private readonly run: RunContext,
    private readonly plan: ServersPlan,
    private readonly machines: readonly UserMachine[],
  ) {
    this.random = run.random.fork('curiosity');
  }

  /** The first user founds a group with the others. */
  prepare(): void {
    if (!this.plan.hasGroup) return;
    const { founder, friends } = this;
    this.machineOf(founder).user.send({ type: 'create_group', group: GROUP, isPublic: false, history: null });
    this.run.timeline.after(INVITED_MS, () => {
      for (const user of friends) if (user !== founder) this.machineOf(founder).user.send(invitation(user));
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
    this.machineOf(name).user.send(this.random.pick(this.wishes(name)));
  }

  /** Where there is a group, only its founder knows the newcomer: the other members meet a stranger in it. */
  private wishes(name: string): Command[] {
    const others = this.friends.filter((other) => other !== name);
    const looks: Command[] = [{ type: 'lookup', user: this.random.pick(others) }, { type: 'update' }];
    if (!this.plan.hasGroup) return [...looks, { type: 'add', user: NEWCOMER, note: 'hello' }];
    return name === this.founder ? [...looks, invitation(NEWCOMER)] : looks;
  }

  private get friends(): string[] {
    return [...this.plan.friends, ACCOMPLICE];
  }

  private get founder(): string {
    return this.plan.friends[0] ?? ACCOMPLICE;
  }

  private machineOf(name: string): UserMachine {
    const machine = this.machines.find((each) => each.name === name);
    if (!machine) throw new Error(`there is no user ${name}`);
    return machine;
  }
}

function invitation(user: string): Command {
  return { type: 'invite', group: GROUP, user };
}
