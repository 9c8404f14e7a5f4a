// Clusters of real processes under load and in trouble: each trial says what broke, and what it saw.

import { setTimeout as pause } from 'node:timers/promises';
import { DatagramAttacker } from './datagram-attacker.js';
import { Cluster, freePorts } from './cluster.js';
import { LoadGenerator } from './load-generator.js';
import { LossyProxy, type ProxyConditions } from './lossy-proxy.js';
import { checkDelivery, type DeliveryReport } from './delivery-report.js';

export interface ScenarioResult {
  readonly violations: readonly string[];
  readonly summary: string;
}

const HEALTHY: ProxyConditions = { loss: 0, duplication: 0, delayMs: 0 };
export const DEGRADED: ProxyConditions = { loss: 0.1, duplication: 0.05, delayMs: 8 };
const STEP_MS = 300;
const QUIET_MS = 600;
const SETTLE_BOUND_MS = 15_000;

interface Testbed {
  readonly cluster: Cluster;
  readonly load: LoadGenerator;
  readonly proxy: LossyProxy;
}

interface TestbedOptions {
  readonly servers: number;
  readonly clients: number;
  readonly order?: string;
  readonly conditions?: ProxyConditions;
  readonly hasKey?: boolean;
  readonly window?: number;
  readonly paceMs?: number;
}

/** 10 % lost, 5 % doubled, delayed and so reordered: still one order, nothing lost. */
export async function lossScenario(order: string, talkMs: number): Promise<ScenarioResult> {
  return runScenario({ servers: 3, clients: 12, conditions: DEGRADED, order, window: 8 }, async ({ load }) => {
    const before = load.receivedCount;
    await pause(talkMs);
    return `${(((load.receivedCount - before) / 6 / talkMs) * 1_000).toFixed(0)} messages/s`;
  });
}

/** kill -9 of one: a short gap, the rest goes on; started again it takes part again. */
export async function crashScenario(servers: number, clients: number): Promise<ScenarioResult> {
  const victim = 2;
  const options = { servers, clients, window: 2, gone: [victim] };
  return runScenario(options, async ({ load, cluster }) => {
    await pause(1_000);
    load.resetMeasurements();
    cluster.signal(victim, 'SIGKILL');
    await pause(2_000);
    const gap = load.longestSilenceMs((server) => server !== victim);
    await cluster.startOne(victim);
    await pause(3_000);
    const [guest] = load.clients.filter(({ record }) => record.server === victim);
    guest?.send('/order');
    await pause(300);
    const told = guest?.answers.at(-1) ?? '';
    const members = Array.from({ length: servers }, (_, index) => index + 1).join(' ');
    const violations = [];
    if (!told.includes(`of servers ${members};`)) violations.push(`it did not come back: ${told}`);
    if (gap > 1_000) violations.push(`the gap was ${gap} ms`);
    return { violations, summary: `longest silence ${gap} ms; it came back` };
  });
}

/** Standing still for long: left out, then taken in again; its clients hear all they missed. */
export async function pauseScenario(stillMs: number): Promise<ScenarioResult> {
  return runScenario({ servers: 5, clients: 20, window: 1, paceMs: 150 }, async ({ load, cluster }) => {
    await pause(500);
    load.resetMeasurements();
    cluster.signal(4, 'SIGSTOP');
    await pause(stillMs);
    const gap = load.longestSilenceMs((server) => server !== 4);
    cluster.signal(4, 'SIGCONT');
    await pause(4_000);
    return { violations: gap > 1_000 ? [`the gap was ${gap} ms`] : [], summary: `longest silence elsewhere ${gap} ms` };
  });
}

/** 3 against 2: the majority goes on, the minority says so, and hears all when it is over. */
export async function partitionScenario(apartMs: number): Promise<ScenarioResult> {
  return runScenario({ servers: 5, clients: 20, window: 1, paceMs: 150 }, async ({ load, proxy }) => {
    await pause(500);
    load.resetMeasurements();
    proxy.partition([3, 4]);
    await pause(apartMs);
    const gap = load.longestSilenceMs((server) => server < 3);
    const minority = load.clients.filter(({ record }) => record.server >= 3);
    for (const guest of minority) guest.send('is anybody there?');
    await pause(200);
    const violations = minority
      .filter(({ answers }) => !answers.at(-1)?.startsWith('-ERR no quorum, '))
      .map(({ answers }) => `a client of the minority was told ${answers.at(-1)}`);
    proxy.heal();
    await pause(4_000);
    if (gap > 1_500) violations.push(`the majority stood still for ${gap} ms`);
    return { violations, summary: `longest silence of the majority ${gap} ms; the minority said no quorum` };
  });
}

/** Hostile datagrams at every port while others talk. */
export async function attackScenario(ms: number, hasKey: boolean, conditions = HEALTHY): Promise<ScenarioResult> {
  return runScenario({ servers: 3, clients: 12, hasKey, window: 2, conditions }, async ({ load, cluster, proxy }) => {
    const attacker = new DatagramAttacker([...cluster.ports, ...proxy.forwards]);
    proxy.onDatagram = (bytes) => attacker.capture(bytes);
    attacker.start();
    const before = load.receivedCount;
    await pause(ms);
    attacker.stop();
    const perSecond = ((load.receivedCount - before) / 6 / ms) * 1_000;
    return `${attacker.sentCount} hostile datagrams, ${perSecond.toFixed(0)} messages/s`;
  });
}

/** What is still on its way has its time: a server that was left out on a busy machine comes back first. */
async function settledReport(load: LoadGenerator, order: string, gone: ReadonlySet<number>): Promise<DeliveryReport> {
  const records = load.clients.map(({ record }) => record);
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    await pause(STEP_MS);
    const verdict = checkDelivery(records, order, gone);
    const isQuiet = load.clients.every((guest) => guest.silentMs >= QUIET_MS);
    if ((isQuiet && verdict.violations.length === 0) || waitedMs >= SETTLE_BOUND_MS) return verdict;
  }
}

type ScenarioOutcome = string | ScenarioResult;

async function runScenario(
  options: TestbedOptions & { readonly gone?: readonly number[] },
  act: (scene: Testbed) => Promise<ScenarioOutcome>,
): Promise<ScenarioResult> {
  const { order = 'total', servers, clients, hasKey = false, window = 1, paceMs } = options;
  const ports = await freePorts(servers);
  const proxy = await LossyProxy.before(ports, options.conditions ?? HEALTHY);
  const cluster = await Cluster.start({ servers, order, hasKey, ports, forwards: proxy.forwards });
  const load = new LoadGenerator({
    ports,
    clients,
    rooms: 2,
    window,
    textBytes: 60,
    ...(paceMs === undefined ? {} : { paceMs }),
  });
  try {
    await cluster.whole();
    await load.join();
    await pause(300);
    load.start();
    const acted = await act({ cluster, load, proxy });
    load.stop();
    const { violations, delivered } = await settledReport(load, order, new Set(options.gone));
    const outcome = typeof acted === 'string' ? { violations: [], summary: acted } : acted;
    return {
      violations: [...outcome.violations, ...violations],
      summary: `${outcome.summary}; ${delivered} lines judged`,
    };
  } finally {
    load.leave();
    cluster.end();
    proxy.close();
  }
}
