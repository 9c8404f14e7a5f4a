// One simulated run of friends who talk: drawn from one seed, troubled, then healed, and judged from beginning to end.

import type { ServerEffect, ServerInput } from '../../nameserver/io.js';
import { MemoryRegistryStore } from '../../nameserver/store/memory-registry-store.js';
import { Random } from './kernel/random.js';
import { Tally } from './kernel/tally.js';
import { BEGINNING, Timeline } from './kernel/timeline.js';
import { Trace, type TraceOptions } from './kernel/trace.js';
import { FAIR_WEATHER, Ground, type Run } from './network/ground.js';
import { Town } from './network/town.js';
import { Host, type Habits } from './hosts/host.js';
import type { Liar } from './hosts/lying-machine.js';
import type { Planted } from './hosts/planted.js';
import { ServerProgram } from './hosts/server-program.js';
import { Afterwards } from './afterwards.js';
import { Household } from './household.js';
import { drawLikings } from './load/habits.js';
import { Nemesis } from './load/nemesis.js';
import { Ruin } from './load/ruin.js';
import { drawTroubles, type Troubles } from './load/troubles.js';
import { Checker } from './oracle/checker.js';
import { judgeEnd } from './oracle/end.js';
import { forks } from './oracle/forks.js';

export interface Report {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly tally: Tally;
  readonly trace: Trace;
}

export interface WorldOptions {
  readonly planted?: Planted;
  readonly trace?: TraceOptions;
  /** False: only programs and networks fail, computers do not. Default true. */
  readonly hasDisasters?: boolean;
  /** People also post. Default false. */
  readonly hasPosts?: boolean | undefined;
}

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'];
const VIOLATIONS_MAX = 5;
/** A run that takes more turns than this goes round in circles. */
const TURNS_MAX = 400_000;
const STEP_MS = 5_000;

export class ChatWorld {
  private readonly violations: string[] = [];
  private readonly timeline = new Timeline();
  private readonly tally = new Tally();
  private readonly trace: Trace;
  private readonly town: Town;
  private readonly troubles: Troubles;
  private readonly checker: Checker;
  private readonly households: Household[];
  private readonly registry = new MemoryRegistryStore();
  private readonly server: Host<ServerInput, ServerEffect>;
  private readonly nemesis: Nemesis;
  private readonly ruin: Ruin;
  private readonly afterwards: Afterwards;
  private readonly random: Random;
  private isHealed = false;

  constructor(
    private readonly seed: number,
    private readonly options: WorldOptions = {},
  ) {
    this.random = new Random(seed);
    this.trace = new Trace(this.timeline, options.trace);
    const { timeline, tally, trace } = this;
    const run: Run = { timeline, tally, trace, random: this.random, fail: (violation) => this.fail(violation) };
    this.town = new Town(new Ground(run));
    this.troubles = drawTroubles(this.random.fork('troubles'), options.hasDisasters ?? true);
    this.checker = new Checker(this.witness(), tally, (violation) => this.fail(violation));
    this.households = this.populate();
    this.server = this.raiseServer();
    const clients = this.households.map(({ name, host }) => ({ place: name, host }));
    this.nemesis = new Nemesis(this.town, this.troubles, {
      clients,
      server: { place: 'nameserver', host: this.server },
    });
    this.ruin = this.raiseRuin(run);
    this.afterwards = this.afterTrouble();
  }

  run(): Report {
    this.trace.note('world', 'draws', this.troubles);
    this.begin();
    this.timeline.runUntil(BEGINNING + this.troubles.troubledMs, () => this.goesOn());
    this.heal();
    this.afterwards.settle();
    this.judge();
    const { seed, violations, tally, trace } = this;
    return { seed, violations, tally, trace };
  }

  private begin(): void {
    this.town.ground.weather = this.troubles.weather;
    this.server.start();
    for (const { host, persona } of this.households) {
      host.start();
      persona.begin();
    }
    this.nemesis.begin();
    this.ruin.begin();
  }

  private heal(): void {
    this.trace.note('world', 'heals');
    this.isHealed = true;
    this.town.ground.weather = FAIR_WEATHER;
    this.nemesis.rest();
    this.ruin.rest();
    for (const { host } of [...this.households, { host: this.server }]) {
      host.habits.crashAtTurn = 0;
      host.start();
    }
    for (const { persona } of this.households) persona.calmDown();
  }

  private judge(): void {
    if (!this.goesOn()) return;
    const unsettled = this.afterwards.unsettled();
    for (const { persona } of this.households) persona.lookAround();
    this.afterwards.pass(STEP_MS);
    const views = this.households.map(({ persona }) => persona.view());
    const { oldCopies, ledger } = this.checker;
    const circumstances = {
      isLiar: (user: string) => this.isLiar(user),
      areEstranged: (a: string, b: string) => oldCopies.areEstranged(a, b),
      areParted: (a: string, b: string) => oldCopies.areParted(a, b),
      wasMended: (user: string) => oldCopies.wasMended(user),
    };
    for (const waits of unsettled) this.fail(`[G3] still waits: ${waits}`);
    for (const violation of judgeEnd(views, ledger, circumstances)) this.fail(violation);
    // A copy that was never found out says at least as much as was lost, so that nobody can tell.
    const isExcused = (user: string, peer: string) => oldCopies.isUnrenewed(user) || oldCopies.areParted(user, peer);
    const honest = this.households.filter(({ name }) => !this.isLiar(name));
    const shelves = honest.map((household) => ({ user: household.name, messages: household.messages() }));
    for (const violation of this.afterwards.strays()) this.fail(violation);
    for (const violation of forks(shelves, isExcused)) this.fail(violation);
  }

  private afterTrouble(): Afterwards {
    const { timeline, tally, households, server, checker } = this;
    return new Afterwards({
      timeline,
      tally,
      households,
      oldCopies: checker.oldCopies,
      isLiar: (user) => this.isLiar(user),
      goesOn: () => this.goesOn(),
      sleep: (ms) => [...households, { host: server }].forEach(({ host }) => host.shiftClock(ms, true)),
      monthBegins: () => this.monthBegins(),
    });
  }

  private goesOn(): boolean {
    if (this.tally.of('turns') > TURNS_MAX) this.fail(`[G8] more than ${TURNS_MAX} turns`);
    return this.violations.length === 0;
  }

  private fail(violation: string): void {
    this.trace.note('oracle', 'VIOLATION', violation);
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(violation);
  }

  private populate(): Household[] {
    const names = NAMES.slice(0, this.troubles.users);
    const likings = drawLikings(this.random.fork('likings'), this.options.hasPosts);
    const random = this.random.fork('people');
    return names.map((name) => {
      const { moves, behindRouter, clientCrashAtTurn, paceMs } = this.troubles;
      const isBehindRouter = random.chance(behindRouter);
      return new Household(this.town, this.checker, {
        settings: { name, moves, takesDials: !isBehindRouter },
        character: { name, others: names.filter((other) => other !== name), likings, paceMs },
        habits: this.habits(clientCrashAtTurn, this.options.planted?.clientPerformsEarly),
        planted: this.options.planted ?? {},
        liar: this.isLiar(name) ? this.liar(name, names) : null,
        crashed: (host) => this.clientCrashed(host),
      });
    });
  }

  private raiseRuin(run: Run): Ruin {
    const computers = this.households.filter(({ name }) => !this.isLiar(name));
    return new Ruin(run, this.troubles.disasters, {
      computers,
      server: this.server,
      monthBegins: () => this.monthBegins(),
    });
  }

  /** Letters about friendships that the name server lets go of leave the two in doubt about each other. */
  private monthBegins(): void {
    for (const { name: from } of this.households) {
      for (const { name: to } of this.households) {
        if (this.registry.waitingFrom(from, to) > 0) this.checker.oldCopies.estrange(from, to);
      }
    }
  }

  private raiseServer(): Host<ServerInput, ServerEffect> {
    const { planted = {} } = this.options;
    const store = this.registry;
    const alter = planted.server ?? ((machine) => machine);
    const program = new ServerProgram(this.town, planted.serverStore?.(store) ?? store, alter);
    const habits = this.habits(
      planted.serverCrashAtTurn ?? this.troubles.serverCrashAtTurn,
      planted.serverPerformsEarly,
    );
    const host: Host<ServerInput, ServerEffect> = new Host(this.town.run, program, habits, () => {
      this.tally.add('server crashes');
      this.restart(host);
    });
    return host;
  }

  private habits(crashAtTurn: number, performsEarly = false): Habits {
    const { batchMax, turnDelayMs, clockSkewMs } = this.troubles;
    const skew = this.random.between(-clockSkewMs, clockSkewMs);
    return { batchMax, turnDelayMs, clockSkewMs: skew, crashAtTurn, performsEarly };
  }

  private clientCrashed(host: { start(): void }): void {
    this.tally.add('crashes');
    this.restart(host);
  }

  private restart(host: { start(): void }): void {
    const wait = this.isHealed ? 0 : this.random.between(0, this.troubles.downMs);
    this.timeline.after(wait, () => host.start());
  }

  private witness() {
    return {
      message: (user: string, id: string) => this.find(user)?.store.message(id) ?? null,
      post: (user: string, author: string, id: string) => this.find(user)?.store.posts.post(author, id) ?? null,
      friends: (user: string) => this.find(user)?.friends() ?? new Set<string>(),
      isIncomplete: (user: string, peer: string) => this.find(user)?.asksBack().includes(peer) ?? false,
      isLiar: (user: string) => this.isLiar(user),
    };
  }

  /** The last user lies, where anybody does. */
  private isLiar(user: string): boolean {
    return this.troubles.lies > 0 && user === NAMES[this.troubles.users - 1];
  }

  private liar(name: string, names: readonly string[]): Liar {
    const others = names.filter((other) => other !== name);
    return { name, others, lies: this.troubles.lies, told: () => this.tally.add('lies') };
  }

  private find(user: string): Household | undefined {
    return this.households.find(({ name }) => name === user);
  }
}
