// One simulated federation, drawn from one seed: first with troubles, then healed, and checked after each step.

import { EventCounters } from '../kernel/event-counters.js';
import { Random } from '../kernel/random.js';
import { START_TIME, Timeline } from '../kernel/timeline.js';
import { Trace, type TraceOptions } from '../kernel/trace.js';
import { SimulatedLinks } from './simulated-links.js';
import { SimulatedClient } from './simulated-client.js';
import { MaliciousPeer } from './malicious-peer.js';
import { ChannelOracle } from './oracle.js';
import { RelayHost, type SimulationContext } from './relay-host.js';

export interface ChannelsReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly tally: EventCounters;
  readonly trace: Trace;
}

const VIOLATIONS_MAX = 5;
const TROUBLED_MS = 20_000;
const HEALING_MS = 150_000;
const COPY_MS = 4_000;
const HEARING_MS = 5_000;
const HEAVY_LETTERS = 15_000;
const HEAVY_PACE_MS = 60;
const HEAVY_CLOGS = 0.8;
const CHANNELS = ['lab', 'tea'];
const SHAPES = ['line', 'star', 'mesh'] as const;

/** Signed times are whole milliseconds. */
class WholeTimeline extends Timeline {
  override after(ms: number, action: () => void): void {
    super.after(Math.ceil(ms), action);
  }
}

export class ChannelsWorld {
  private readonly violations: string[] = [];
  private readonly tally = new EventCounters();
  private readonly timeline = new WholeTimeline();
  private readonly random: Random;
  private readonly trace: Trace;
  private readonly context: SimulationContext;
  private readonly hosts: RelayHost[];
  private readonly clients: SimulatedClient[];
  private readonly maliciousPeer: MaliciousPeer | null;
  private readonly troubles;
  /** True: the texts are so long and so many that links overflow. */
  private readonly isHeavy: boolean;
  private isTroubled = true;
  private readonly copies: Random;
  private readonly copiesChance: number;
  private texts = 0;

  constructor(
    private readonly seed: number,
    options: { readonly trace?: TraceOptions } = {},
  ) {
    const random = new Random(seed, 'channels');
    const { timeline, tally } = this;
    this.random = random;
    this.trace = new Trace(timeline, options.trace);
    const { trace } = this;
    const some = (often: number): number => (random.chance(0.6) ? random.between(0, often) : 0);
    const latencyMs = random.skewed(5, 400);
    const slowMs = some(3_000);
    this.isHeavy = random.chance(0.15);
    this.troubles = { crashes: some(0.2), breaks: some(0.3), clogs: some(0.4), paceMs: random.skewed(100, 1_500) };
    this.copies = random.fork('copies');
    this.copiesChance = this.copies.chance(0.5) ? 0.15 : 0;
    const oracle = new ChannelOracle(tally, (violation) => this.fail(violation));
    this.context = {
      timeline,
      random,
      oracle,
      trace,
      links: new SimulatedLinks(timeline, random.fork('cables'), latencyMs, slowMs),
    };
    this.maliciousPeer = random.chance(0.5) ? new MaliciousPeer(this.context) : null;
    this.hosts = this.raise(random.whole(2, 6));
    for (const peer of [...this.hosts, ...(this.maliciousPeer ? [this.maliciousPeer] : [])])
      this.context.links.peers.set(peer.name, peer);
    this.clients = Array.from({ length: random.whole(3, 8) }, (_, nth) => this.addClient(nth));
  }

  run(): ChannelsReport {
    this.trace.note('world', 'draws', { ...this.troubles, isHeavy: this.isHeavy });
    for (const host of this.hosts) host.start();
    for (const client of this.clients) client.begin();
    this.keepBusy(this.isHeavy ? HEAVY_PACE_MS : this.troubles.paceMs, () => this.speak());
    this.keepBusy(1_000, () => this.strike());
    if (this.maliciousPeer) this.keepBusy(300, () => this.maliciousPeer?.lie());
    if (this.random.chance(0.2)) this.maliciousPeer?.floodNext();
    this.pass(TROUBLED_MS);
    this.heal();
    this.pass(HEALING_MS);
    this.judgeTheEnd();
    const { seed, violations, tally, trace } = this;
    return { seed, violations, tally, trace };
  }

  private raise(size: number): RelayHost[] {
    const shape = this.random.pick(SHAPES);
    return Array.from({ length: size }, (_, nth) => {
      const before = Array.from({ length: nth }, (_each, other) => `server${other}`);
      const toEach = { line: before.slice(-1), star: before.slice(0, 1), mesh: before };
      const dials = [...toEach[shape], ...(this.maliciousPeer && this.random.chance(0.7) ? ['liar'] : [])];
      const listens = nth < size - 1 || this.random.chance(0.5);
      return new RelayHost(`server${nth}`, this.context, {
        listens,
        isDiscoveryEnabled: this.random.chance(0.3),
        dials,
      });
    });
  }

  private addClient(nth: number): SimulatedClient {
    const channels = CHANNELS.filter(() => this.random.chance(0.8));
    return new SimulatedClient(`guest${nth}`, this.random.pick(this.hosts), channels, this.context);
  }

  private keepBusy(paceMs: number, act: () => void): void {
    this.timeline.every(
      () => (this.isTroubled ? this.random.between(0, 2 * paceMs) : null),
      () => {
        if (this.isTroubled) act();
      },
    );
  }

  private speak(): void {
    const client = this.random.pick(this.clients);
    this.texts += 1;
    if (client.channels.length > 0) client.say(this.random.pick(client.channels), this.text());
    if (this.random.chance(0.1)) client.direct(this.random.pick(this.clients), `whisper ${this.texts}`);
  }

  private text(): string {
    const text = `text ${this.texts} `;
    return this.isHeavy ? text.padEnd(HEAVY_LETTERS, '.') : text;
  }

  private strike(): void {
    const { random, troubles, tally } = this;
    const { links } = this.context;
    const [host, other] = [random.pick(this.hosts), random.pick(this.hosts)];
    if (random.chance(troubles.crashes)) {
      tally.add('crashes');
      this.trace.note(host.name, 'crashes');
      host.crash();
      this.timeline.after(random.skewed(100, 5_000), () => host.start());
    }
    if (this.copies.chance(this.copiesChance)) this.runCopyOf(this.copies.pick(this.hosts));
    if (random.chance(troubles.breaks)) {
      tally.add('links broken');
      this.trace.note(other.name, 'loses its links');
      links.breakAllOf(other.name);
    }
    if (random.chance(this.isHeavy ? HEAVY_CLOGS : troubles.clogs)) {
      tally.add('clogs');
      links.clog(host.name, other.name, this.isHeavy ? random.between(3_000, 9_000) : random.skewed(200, 12_000));
    }
  }

  /** The data of a server that goes on are copied and started elsewhere for a while [RELAY-14]. */
  private runCopyOf(host: RelayHost): void {
    this.tally.add('copies');
    const copy = host.copied();
    this.trace.note(copy.name, 'starts');
    copy.start();
    this.timeline.after(COPY_MS, () => copy.crash());
  }

  private heal(): void {
    this.trace.note('world', 'heals');
    this.isTroubled = false;
    this.context.links.clearUp();
    for (const host of this.hosts) host.start();
  }

  private judgeTheEnd(): void {
    const senders = this.clients.flatMap((client) => client.channels.map((channel) => ({ client, channel })));
    for (const { client, channel } of senders) client.say(channel, `last of ${client.name}`);
    this.pass(HEARING_MS);
    for (const { client, channel } of senders) {
      for (const reader of this.clients) {
        if (!reader.channels.includes(channel)) continue;
        this.tally.add('last words judged');
        if (reader.heard.has(`${channel} last of ${client.name}`)) continue;
        this.fail(`[CHAN-7] ${reader.name} never hears ${client.name} of ${client.host.name} in ${channel}`);
      }
    }
  }

  private pass(ms: number): void {
    const goesOn = (): boolean => this.violations.length < VIOLATIONS_MAX;
    this.timeline.runUntil(Math.max(START_TIME, this.timeline.now) + ms, goesOn);
  }

  private fail(violation: string): void {
    this.trace.note('oracle', 'VIOLATION', violation);
    if (this.violations.length < VIOLATIONS_MAX) this.violations.push(violation);
  }
}
