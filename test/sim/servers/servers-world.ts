// One simulated run with two name servers, drawn from one seed: users have friends on an honest server and visit a
// liar. At times the honest one lies too, or its address leads to the liar. Then lies end, and all messages arrive.

import type { StoredMessage } from '../../../client/engine/core/store.js';
import type { Machine } from '../../../protocols/kit/machine.js';
import { toBase64url } from '../../../protocols/kit/bytes.js';
import { MemoryRegistryStore } from '../../../nameserver/store/memory-registry-store.js';
import type { ServerEffect, ServerInput } from '../../../nameserver/io.js';
import { ConvergencePhase } from '../convergence-phase.js';
import { ServerProgram, SERVER_NODE } from '../hosts/server-program.js';
import { SimulatedHost, type HostSettings } from '../hosts/simulated-host.js';
import type { PlantedFaults } from '../hosts/planted-faults.js';
import { fakeKey } from '../kernel/fake-primitives.js';
import { Random } from '../kernel/random.js';
import { Tally } from '../kernel/tally.js';
import { Timeline } from '../kernel/timeline.js';
import { Trace, type TraceOptions } from '../kernel/trace.js';
import { FaultInjector } from '../load/fault-injector.js';
import { HEALTHY_NETWORK, NetworkModel, type RunContext } from '../network/network-model.js';
import { SimulatedNetwork, type ServerEndpoint } from '../network/simulated-network.js';
import { judgeEnd, NO_EXEMPTIONS } from '../oracle/end.js';
import { forks } from '../oracle/forks.js';
import type { UserMachine } from '../user-machine.js';
import type { ChatReport } from '../chat-world.js';
import { Liar } from './liar.js';
import { LyingServer } from './lying-server.js';
import { LIAR_KEY } from './lying-session.js';
import { ServersChecker } from './servers-checker.js';
import { ACCOMPLICE, drawServersPlan, NEWCOMER, type Phase, type ServersPlan } from './servers-plan.js';
import { Curiosity } from './curiosity.js';
import { createMachines, HOME_KEY, HOME_ORIGIN, identityKey, LIAR_ORIGIN } from './servers-users.js';

export interface ServersWorldOptions {
  readonly planted?: PlantedFaults;
  readonly trace?: TraceOptions;
}

const LIAR_NODE = 'liar';
const VIOLATIONS_MAX = 5;
const TURNS_MAX = 400_000;
const STEP_MS = 5_000;
const NIGHT_MS = 25 * 60 * 60_000;
/** Time in which sessions and links open at the start, and again after a night. */
const MORNING_MS = 10_000;

type ServerHost = SimulatedHost<ServerInput, ServerEffect>;

export class ServersWorld {
  private readonly violations: string[] = [];
  private readonly timeline = new Timeline();
  private readonly tally = new Tally();
  private readonly random: Random;
  private readonly trace: Trace;
  private readonly network: SimulatedNetwork;
  private readonly plan: ServersPlan;
  private readonly checker: ServersChecker;
  private readonly machines: UserMachine[];
  private readonly liar: Liar;
  private readonly home: ServerHost;
  private readonly visited: ServerHost;
  private readonly faults: FaultInjector;
  private readonly curiosity: Curiosity;
  /** Null before the first phase and after the last one: all servers are honest, and each user is at home. */
  private phase: Phase | null = null;

  constructor(
    private readonly seed: number,
    private readonly options: ServersWorldOptions = {},
  ) {
    this.random = new Random(seed, 'servers');
    this.trace = new Trace(this.timeline, options.trace);
    const { timeline, tally, trace, random } = this;
    const run: RunContext = { timeline, tally, trace, random, fail: (violation) => this.fail(violation) };
    this.network = new SimulatedNetwork(new NetworkModel(run));
    this.plan = drawServersPlan(random.fork('plan'));
    this.liar = this.createLiar();
    this.checker = this.createChecker();
    this.machines = this.createMachines();
    this.home = this.createServer(SERVER_NODE, HOME_KEY, HOME_ORIGIN);
    this.visited = this.createServer(LIAR_NODE, LIAR_KEY, LIAR_ORIGIN);
    const clients = this.machines.map(({ name, host }) => ({ node: name, host }));
    const server = { node: SERVER_NODE, host: this.home };
    this.faults = new FaultInjector(this.network, this.plan.faults, { clients, server });
    this.curiosity = new Curiosity(run, this.plan, this.machines, this.checker);
    this.network.serverAt = (origin, client) => this.serverAt(origin, client);
    const tls = random.fork('tls');
    if (this.plan.isTls) this.network.freshExporter = () => toBase64url(tls.bytes(32));
  }

  run(): ChatReport {
    this.trace.note('world', 'draws', this.plan);
    this.begin();
    this.pass(MORNING_MS);
    this.beginTroubles();
    for (const phase of this.plan.phases) this.live(phase);
    // A receipt may be left at the liar's server. Then its message is sent again when it expires [CHAT-12].
    if (this.plan.phases.some(({ visitors }) => visitors.length > 0)) this.tally.add('month-long sleeps');
    this.heal();
    const convergence = this.createConvergencePhase();
    convergence.settle();
    this.judge(convergence);
    return { seed: this.seed, violations: this.violations, tally: this.tally, trace: this.trace };
  }

  private begin(): void {
    this.home.start();
    this.visited.start();
    for (const { host, user } of this.machines) {
      host.start();
      user.start();
    }
    this.timeline.after(0, () => this.curiosity.prepare());
  }

  /** Before that, all users have registered with an honest home server. */
  private beginTroubles(): void {
    this.network.model.conditions = this.plan.faults.network;
    this.faults.start();
    this.curiosity.start();
  }

  private live(phase: Phase): void {
    this.trace.note('world', 'begins a phase', phase);
    this.enter(phase);
    for (const name of phase.restorers) this.timeline.after(this.random.between(0, phase.ms), () => this.restore(name));
    this.pass(phase.ms);
    if (!phase.endsWithNight) return;
    this.tally.add('nights');
    for (const { host } of this.hosts()) host.shiftClock(NIGHT_MS, true);
    this.pass(MORNING_MS);
  }

  /** All sessions break, and open again where the phase says. */
  private enter(phase: Phase | null): void {
    const before = this.machines.map(({ name }) => this.originOf(name));
    this.phase = phase;
    const moved = this.machines.filter(({ name }, nth) => this.originOf(name) !== before[nth]);
    for (const { host } of moved) host.restart();
    const toServers = this.network.connections.intact();
    for (const connection of toServers)
      if (connection.touches(SERVER_NODE) || connection.touches(LIAR_NODE)) connection.cut('the server went away');
  }

  private restore(user: string): void {
    this.checker.restores(user);
    this.find(user)?.markRestored();
  }

  private heal(): void {
    this.trace.note('world', 'heals');
    this.network.model.conditions = HEALTHY_NETWORK;
    this.faults.stop();
    this.curiosity.stop();
    for (const { host } of this.hosts()) {
      host.settings.crashAtTurn = 0;
      host.start();
    }
    for (const { user } of this.machines) user.stopActing();
    this.enter(null);
  }

  private judge(convergence: ConvergencePhase): void {
    if (!this.mayContinue()) return;
    const { checker } = this;
    for (const waits of convergence.unsettled()) this.fail(`[G3] still pending: ${waits}`);
    for (const { user } of this.machines) user.refreshView();
    this.timeline.runUntil(this.timeline.now + STEP_MS, () => true);
    checker.expectOnce();
    const honest = this.machines.filter(({ name }) => !isByzantine(name));
    const views = honest.map(({ user }) => user.view());
    for (const violation of judgeEnd(views, checker.sent, { ...NO_EXEMPTIONS, isByzantine })) this.fail(violation);
    const conversations = honest.map((machine) => ({ user: machine.name, messages: machine.messages() }));
    for (const violation of forks(conversations, () => false)) this.fail(violation);
    for (const { user, messages } of conversations) this.judgeUser(user, messages);
  }

  private judgeUser(user: string, messages: readonly StoredMessage[]): void {
    this.checker.judgeOwnLines(user, messages);
    const pinned = this.find(user)?.store.setting(`server key of ${HOME_ORIGIN}`);
    if (pinned !== fakeKey(HOME_KEY).publicKey) this.fail(`[SESS-22] ${user} has another key of the home server`);
  }

  private serverAt(origin: string, client: string): ServerEndpoint | null {
    const { servers } = this.network;
    const home = servers.get(SERVER_NODE) ?? null;
    if (origin === LIAR_ORIGIN) return new LyingServer(LIAR_NODE, this.liar, 'visited', client);
    if (this.phase?.misled.includes(client)) return new LyingServer(LIAR_NODE, this.liar, 'impostor', client);
    if (this.phase?.isHomeLying && home) return new LyingServer(SERVER_NODE, this.liar, 'home', client);
    return home;
  }

  private originOf(user: string): string {
    return this.phase?.visitors.includes(user) ? LIAR_ORIGIN : HOME_ORIGIN;
  }

  private createLiar(): Liar {
    return new Liar({
      network: this.network,
      random: this.random.fork('liar'),
      lies: this.plan.lies,
      homeOrigin: HOME_ORIGIN,
      homeKey: fakeKey(HOME_KEY).publicKey,
      home: () => this.network.servers.get(SERVER_NODE) ?? null,
      own: () => this.network.servers.get(LIAR_NODE) ?? null,
    });
  }

  private createChecker(): ServersChecker {
    const stores = {
      message: (user: string, id: string) => this.find(user)?.store.message(id) ?? null,
      post: () => null,
      friends: (user: string) => this.find(user)?.friends() ?? new Set<string>(),
      isIncomplete: (user: string, peer: string) => this.find(user)?.recoveringFrom().includes(peer) ?? false,
      isByzantine,
    };
    return new ServersChecker(stores, this.tally, (violation) => this.fail(violation), {
      identityOf: identityKey,
      wasStated: (client, name, key) => this.liar.hasStated(client, name, key),
    });
  }

  private createMachines(): UserMachine[] {
    const { network, checker, plan, random } = this;
    return createMachines(random.fork('users'), plan, {
      network,
      checker,
      planted: this.options.planted ?? {},
      hostSettings: () => this.hostSettings(plan.faults.clientCrashAtTurn),
      originOf: (user) => this.originOf(user),
      onCrash: (host) => this.restart('crashes', host),
    });
  }

  private createServer(node: string, key: string, origin: string): ServerHost {
    const isHome = node === SERVER_NODE;
    const identity = { node, key, isOwnOrigin: (dialled: string) => dialled === origin };
    const alter = (machine: Machine<ServerInput, ServerEffect>) =>
      isHome ? this.checker.watchSessions(machine) : machine;
    const program = new ServerProgram(this.network, new MemoryRegistryStore(), alter, identity);
    const settings = this.hostSettings(isHome ? this.plan.faults.serverCrashAtTurn : 0);
    const crashed = () => this.restart('server crashes', host);
    const host: ServerHost = new SimulatedHost(this.network.run, program, settings, crashed);
    return host;
  }

  private createConvergencePhase(): ConvergencePhase {
    const { timeline, tally, machines, checker } = this;
    return new ConvergencePhase({
      timeline,
      tally,
      // Whether the newcomer got a request is not judged: the liar may have answered it.
      machines: machines.filter(({ name }) => name !== NEWCOMER),
      staleCopies: checker.staleCopies,
      hasBudgets: false,
      isByzantine,
      mustGetLetters: (user) => !isByzantine(user),
      mayBeMisled: true,
      mayContinue: () => this.mayContinue(),
      sleep: (ms) => this.hosts().forEach(({ host }) => host.shiftClock(ms, true)),
      beforeMonth: () => checker.judgeArrivals((user) => this.find(user)?.messages() ?? []),
    });
  }

  private hosts(): { readonly host: Pick<ServerHost, 'shiftClock' | 'settings' | 'start'> }[] {
    return [...this.machines, { host: this.home }, { host: this.visited }];
  }

  private hostSettings(crashAtTurn: number): HostSettings {
    const { batchMax, turnDelayMs } = this.plan.faults;
    return { batchMax, turnDelayMs, clockSkewMs: 0, crashAtTurn, performsEarly: false };
  }

  private restart(counted: 'crashes' | 'server crashes', host: { start(): void }): void {
    this.tally.add(counted);
    this.timeline.after(this.random.between(0, this.plan.faults.downMs), () => host.start());
  }

  private pass(ms: number): void {
    this.timeline.runUntil(this.timeline.now + ms, () => this.mayContinue());
  }

  private mayContinue(): boolean {
    if (this.tally.of('turns') > TURNS_MAX) this.fail(`[G8] more than ${TURNS_MAX} turns`);
    return this.violations.length === 0;
  }

  private fail(violation: string): void {
    this.trace.note('oracle', 'VIOLATION', violation);
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(violation);
  }

  private find(user: string): UserMachine | undefined {
    return this.machines.find(({ name }) => name === user);
  }
}

/** The accomplice may say anything, and the liar may be the newcomer at first sight. */
function isByzantine(user: string): boolean {
  return user === ACCOMPLICE || user === NEWCOMER;
}
