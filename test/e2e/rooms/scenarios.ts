// Fault scenarios for clusters of real processes under load. Each gives the violations and a summary.

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

/** 10 % lost, 5 % duplicated, delayed and reordered: the order holds and no line is lost. */
export async function lossScenario(order: string, talkMs: number): Promise<ScenarioResult> {
  return runScenario({ servers: 3, clients: 12, conditions: DEGRADED, order, window: 8 }, async ({ load }) => {
    const before = load.receivedCount;
    await pause(talkMs);
    return `${(((load.receivedCount - before) / 6 / talkMs) * 1_000).toFixed(0)} messages/s`;
  });
}

/** kill -9 of one server: the others continue after a short gap; the server rejoins after its restart. */
export async function crashScenario(servers: number, clients: number): Promise<ScenarioResult> {
  const crashed = 2;
  const options = { servers, clients, window: 2, gone: [crashed] };
  return runScenario(options, async ({ load, cluster }) => {
    await pause(1_000);
    load.resetMeasurements();
    cluster.signal(crashed, 'SIGKILL');
    await pause(2_000);
    const gap = load.longestSilenceMs((server) => server !== crashed);
    await cluster.startOne(crashed);
    const violations = await rejoinViolations(cluster);
    if (gap > 1_000) violations.push(`the gap was ${gap} ms`);
    return { violations, summary: `longest silence ${gap} ms; the server rejoined` };
  });
}

/** A long pause of one server: it leaves the view and rejoins; its clients receive what they missed. */
export async function pauseScenario(stillMs: number): Promise<ScenarioResult> {
  return runScenario({ servers: 5, clients: 20, window: 1, paceMs: 150 }, async ({ load, cluster }) => {
    await pause(500);
    load.resetMeasurements();
    cluster.signal(4, 'SIGSTOP');
    await pause(stillMs);
    const gap = load.longestSilenceMs((server) => server !== 4);
    cluster.signal(4, 'SIGCONT');
    const violations = await rejoinViolations(cluster);
    if (gap > 1_000) violations.push(`the gap was ${gap} ms`);
    return { violations, summary: `longest silence elsewhere ${gap} ms` };
  });
}

/** Three against two: the majority continues, the minority refuses, and catches up afterwards. */
export async function partitionScenario(apartMs: number): Promise<ScenarioResult> {
  return runScenario({ servers: 5, clients: 20, window: 1, paceMs: 150 }, async ({ load, cluster, proxy }) => {
    await pause(500);
    load.resetMeasurements();
    proxy.partition([3, 4]);
    await pause(apartMs);
    const gap = load.longestSilenceMs((server) => server < 3);
    const minority = load.clients.filter(({ record }) => record.server >= 3);
    const answers = await Promise.all(minority.map((client) => client.ask('does the minority answer?')));
    const violations = answers
      .filter((answer) => !answer.startsWith('-ERR no quorum, '))
      .map((answer) => `a client of the minority got the answer ${answer}`);
    proxy.heal();
    violations.push(...(await rejoinViolations(cluster)));
    if (gap > 1_500) violations.push(`the majority was silent for ${gap} ms`);
    return { violations, summary: `longest silence of the majority ${gap} ms; the minority answered no quorum` };
  });
}

/** Hostile datagrams at every port while clients send lines. */
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

/** Waits until all lines have arrived: on a busy machine, a server may first have to rejoin the view. */
async function settledReport(load: LoadGenerator, order: string, gone: ReadonlySet<number>): Promise<DeliveryReport> {
  const records = load.clients.map(({ record }) => record);
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    await pause(STEP_MS);
    const report = checkDelivery(records, order, gone);
    const isQuiet = load.clients.every((client) => client.silentMs >= QUIET_MS);
    if ((isQuiet && report.violations.length === 0) || waitedMs >= SETTLE_BOUND_MS) return report;
  }
}

/** Empty once every server is a member of a view of all. */
async function rejoinViolations(cluster: Cluster): Promise<string[]> {
  try {
    await cluster.whole();
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
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
    load.start();
    const acted = await act({ cluster, load, proxy });
    load.stop();
    const { violations, delivered } = await settledReport(load, order, new Set(options.gone));
    const outcome = typeof acted === 'string' ? { violations: [], summary: acted } : acted;
    return {
      violations: [...outcome.violations, ...violations],
      summary: `${outcome.summary}; ${delivered} lines checked`,
    };
  } finally {
    load.leave();
    cluster.end();
    proxy.close();
  }
}
