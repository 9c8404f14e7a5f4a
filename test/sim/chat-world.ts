// One simulated run of friends who chat, drawn from one seed: faults, then recovery; the oracle checks every step.

import type { ServerEffect, ServerInput } from '../../nameserver/io.js';
import { MemoryRegistryStore } from '../../nameserver/store/memory-registry-store.js';
import { Random } from './kernel/random.js';
import { Tally } from './kernel/tally.js';
import { START_TIME, Timeline } from './kernel/timeline.js';
import { Trace, type TraceOptions } from './kernel/trace.js';
import { HEALTHY_NETWORK, NetworkModel, type RunContext } from './network/network-model.js';
import { SimulatedNetwork } from './network/simulated-network.js';
import { SimulatedHost, type HostSettings } from './hosts/simulated-host.js';
import type { ByzantineSettings } from './hosts/byzantine-machine.js';
import type { PlantedFaults } from './hosts/planted-faults.js';
import { ServerProgram } from './hosts/server-program.js';
import { ConvergencePhase } from './convergence-phase.js';
import { UserMachine } from './user-machine.js';
import { drawActionWeights } from './load/user-actions.js';
import { FaultInjector } from './load/fault-injector.js';
import { MachineFaultInjector } from './load/machine-fault-injector.js';
import { drawFaultPlan, type FaultPlan } from './load/fault-plan.js';
import { Checker } from './oracle/checker.js';
import { overdrawn } from './oracle/storage-budgets.js';
import { judgeEnd } from './oracle/end.js';
import { forks } from './oracle/forks.js';

export interface ChatReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly tally: Tally;
  readonly trace: Trace;
}

export interface ChatWorldOptions {
  readonly planted?: PlantedFaults;
  readonly trace?: TraceOptions;
  /** False: no faults of whole machines (lost disks, wrong clocks). Default true. */
  readonly hasMachineFaults?: boolean;
  /** Users also post. Default false. */
  readonly hasPosts?: boolean | undefined;
  /** What a friend may make each client store in a day. Default: so much that it is never reached. */
  readonly friendBytesPerDay?: number | undefined;
}

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
/** What a friend may make a client store in a day, so little that the longest message just fits. */
export const SMALL_BUDGET = 15_500;
const VIOLATIONS_MAX = 5;
/** A run with more turns than this is considered an endless loop. */
const TURNS_MAX = 400_000;
const STEP_MS = 5_000;

export class ChatWorld {
  private readonly violations: string[] = [];
  private readonly timeline = new Timeline();
  private readonly tally = new Tally();
  private readonly trace: Trace;
  private readonly network: SimulatedNetwork;
  private readonly plan: FaultPlan;
  private readonly checker: Checker;
  private readonly machines: UserMachine[];
  private readonly registry = new MemoryRegistryStore();
  private readonly server: SimulatedHost<ServerInput, ServerEffect>;
  private readonly faultInjector: FaultInjector;
  private readonly machineFaultInjector: MachineFaultInjector;
  private readonly convergence: ConvergencePhase;
  private readonly random: Random;
  private isHealed = false;

  constructor(
    private readonly seed: number,
    private readonly options: ChatWorldOptions = {},
  ) {
    this.random = new Random(seed);
    this.trace = new Trace(this.timeline, options.trace);
    const { timeline, tally, trace } = this;
    const run: RunContext = { timeline, tally, trace, random: this.random, fail: (violation) => this.fail(violation) };
    this.network = new SimulatedNetwork(new NetworkModel(run));
    this.plan = drawFaultPlan(this.random.fork('troubles'), options.hasMachineFaults ?? true);
    this.checker = new Checker(this.storeView(), tally, (violation) => this.fail(violation));
    this.machines = this.createMachines();
    this.server = this.createServer();
    const clients = this.machines.map(({ name, host }) => ({ node: name, host }));
    this.faultInjector = new FaultInjector(this.network, this.plan, {
      clients,
      server: { node: 'nameserver', host: this.server },
    });
    this.machineFaultInjector = this.createMachineFaultInjector(run);
    this.convergence = this.createConvergencePhase();
  }

  run(): ChatReport {
    this.trace.note('world', 'draws', this.plan);
    this.begin();
    this.timeline.runUntil(START_TIME + this.plan.faultsMs, () => this.mayContinue());
    this.judgeBudgets();
    this.heal();
    this.convergence.settle();
    this.judge();
    const { seed, violations, tally, trace } = this;
    return { seed, violations, tally, trace };
  }

  private begin(): void {
    this.network.model.conditions = this.plan.network;
    this.server.start();
    for (const { host, user } of this.machines) {
      host.start();
      user.start();
    }
    this.faultInjector.start();
    this.machineFaultInjector.start();
  }

  private heal(): void {
    this.trace.note('world', 'heals');
    this.isHealed = true;
    this.network.model.conditions = HEALTHY_NETWORK;
    this.faultInjector.stop();
    this.machineFaultInjector.stop();
    for (const { host } of [...this.machines, { host: this.server }]) {
      host.settings.crashAtTurn = 0;
      host.start();
    }
    for (const { user } of this.machines) user.stopActing();
  }

  /** Where clocks are right, all of this happened within a day. A user with an old copy has forgotten what it counted. */
  private judgeBudgets(): void {
    const { friendBytesPerDay } = this.options;
    const { clockMs, monthMs } = this.plan.machineFaults;
    if (friendBytesPerDay === undefined || clockMs !== null || monthMs !== null) return;
    for (const machine of this.machines) {
      const { name: user, starts } = machine;
      if (this.isByzantine(user) || this.checker.staleCopies.wasRestored(user)) continue;
      const budgeted = { user, messages: machine.messages(), starts };
      for (const violation of overdrawn(budgeted, friendBytesPerDay)) this.fail(violation);
    }
  }

  private judge(): void {
    if (!this.mayContinue()) return;
    const unsettled = this.convergence.unsettled();
    for (const { user } of this.machines) user.refreshView();
    this.convergence.pass(STEP_MS);
    const views = this.machines.map(({ user }) => user.view());
    const { staleCopies, sent } = this.checker;
    const circumstances = {
      isByzantine: (user: string) => this.isByzantine(user),
      mayDisagree: (a: string, b: string) => staleCopies.mayDisagree(a, b),
      haveParted: (a: string, b: string) => staleCopies.haveParted(a, b),
      wasRecovered: (user: string) => staleCopies.wasRecovered(user),
    };
    for (const waits of unsettled) this.fail(`[G3] still pending: ${waits}`);
    for (const violation of judgeEnd(views, sent, circumstances)) this.fail(violation);
    // A stale copy that was never detected has sent as much as was lost, so its numbers may name other texts.
    const isExcused = (user: string, peer: string) =>
      staleCopies.isUnrenewed(user) || staleCopies.haveParted(user, peer);
    const honest = this.machines.filter(({ name }) => !this.isByzantine(name));
    const conversations = honest.map((machine) => ({ user: machine.name, messages: machine.messages() }));
    for (const violation of this.convergence.strays()) this.fail(violation);
    for (const violation of forks(conversations, isExcused)) this.fail(violation);
  }

  private createConvergencePhase(): ConvergencePhase {
    const { timeline, tally, machines, server, checker } = this;
    return new ConvergencePhase({
      timeline,
      tally,
      machines,
      staleCopies: checker.staleCopies,
      hasBudgets: this.options.friendBytesPerDay !== undefined,
      isByzantine: (user) => this.isByzantine(user),
      mustGetLetters: () => true,
      mayBeMisled: false,
      mayContinue: () => this.mayContinue(),
      sleep: (ms) => [...machines, { host: server }].forEach(({ host }) => host.shiftClock(ms, true)),
      beforeMonth: () => this.beforeMonth(),
    });
  }

  private mayContinue(): boolean {
    if (this.tally.of('turns') > TURNS_MAX) this.fail(`[G8] more than ${TURNS_MAX} turns`);
    return this.violations.length === 0;
  }

  private fail(violation: string): void {
    this.trace.note('oracle', 'VIOLATION', violation);
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(violation);
  }

  private createMachines(): UserMachine[] {
    const names = NAMES.slice(0, this.plan.users);
    const weights = drawActionWeights(this.random.fork('likings'), this.options.hasPosts);
    const random = this.random.fork('people');
    const { friendBytesPerDay = Infinity } = this.options;
    return names.map((name) => {
      const { addressChangeRate: moves, behindRouter, clientCrashAtTurn, paceMs } = this.plan;
      const isBehindRouter = random.chance(behindRouter);
      return new UserMachine(this.network, this.checker, {
        settings: {
          ...{ name, addressChangeRate: moves, takesDials: !isBehindRouter, friendBytesPerDay },
          server: () => 'http://nameserver',
        },
        profile: { name, others: names.filter((other) => other !== name), weights, paceMs },
        hostSettings: this.hostSettings(clientCrashAtTurn, this.options.planted?.clientPerformsEarly),
        planted: this.options.planted ?? {},
        byzantine: this.isByzantine(name) ? this.byzantineSettings(name, names) : null,
        onCrash: (host) => this.clientCrashed(host),
      });
    });
  }

  private createMachineFaultInjector(run: RunContext): MachineFaultInjector {
    const machines = this.machines.filter(({ name }) => !this.isByzantine(name));
    return new MachineFaultInjector(run, this.plan.machineFaults, {
      machines,
      server: this.server,
      beforeMonth: () => this.beforeMonth(),
    });
  }

  /** When the name server discards letters about a friendship, the two users may disagree about it. */
  private beforeMonth(): void {
    for (const { name: from } of this.machines) {
      for (const { name: to } of this.machines) {
        if (this.registry.waitingFrom(from, to) > 0) this.checker.staleCopies.markDisagreement(from, to);
      }
    }
  }

  private createServer(): SimulatedHost<ServerInput, ServerEffect> {
    const { planted = {} } = this.options;
    const store = this.registry;
    const alter = planted.server ?? ((machine) => machine);
    const program = new ServerProgram(this.network, planted.serverStore?.(store) ?? store, alter);
    const settings = this.hostSettings(
      planted.serverCrashAtTurn ?? this.plan.serverCrashAtTurn,
      planted.serverPerformsEarly,
    );
    const host: SimulatedHost<ServerInput, ServerEffect> = new SimulatedHost(
      this.network.run,
      program,
      settings,
      () => {
        this.tally.add('server crashes');
        this.restart(host);
      },
    );
    return host;
  }

  private hostSettings(crashAtTurn: number, performsEarly = false): HostSettings {
    const { batchMax, turnDelayMs, clockSkewMs } = this.plan;
    const skew = this.random.between(-clockSkewMs, clockSkewMs);
    return { batchMax, turnDelayMs: turnDelayMs, clockSkewMs: skew, crashAtTurn, performsEarly };
  }

  private clientCrashed(host: { start(): void }): void {
    this.tally.add('crashes');
    this.restart(host);
  }

  private restart(host: { start(): void }): void {
    const wait = this.isHealed ? 0 : this.random.between(0, this.plan.downMs);
    this.timeline.after(wait, () => host.start());
  }

  private storeView() {
    return {
      message: (user: string, id: string) => this.find(user)?.store.message(id) ?? null,
      post: (user: string, author: string, id: string) => this.find(user)?.store.posts.post(author, id) ?? null,
      friends: (user: string) => this.find(user)?.friends() ?? new Set<string>(),
      isIncomplete: (user: string, peer: string) => this.find(user)?.recoveringFrom().includes(peer) ?? false,
      isByzantine: (user: string) => this.isByzantine(user),
    };
  }

  /** At most one user is byzantine: the last one. */
  private isByzantine(user: string): boolean {
    return this.plan.forgeryRate > 0 && user === NAMES[this.plan.users - 1];
  }

  private byzantineSettings(name: string, names: readonly string[]): ByzantineSettings {
    const others = names.filter((other) => other !== name);
    return { name, others, rate: this.plan.forgeryRate, onForgery: () => this.tally.add('forgeries') };
  }

  private find(user: string): UserMachine | undefined {
    return this.machines.find(({ name }) => name === user);
  }
}
