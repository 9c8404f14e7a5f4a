// Clusters of real processes under load and in trouble: each trial says what broke, and what it saw.

import { setTimeout as pause } from 'node:timers/promises';
import { Attacker } from './attacker.js';
import { Cluster, freePorts } from './cluster.js';
import { Crowd } from './crowd.js';
import { LossyProxy, type ProxyWeather } from './lossy-proxy.js';
import { judge, type RoomsVerdict } from './verdict.js';

export interface TrialOutcome {
  readonly complaints: readonly string[];
  readonly saw: string;
}

const FAIR: ProxyWeather = { loss: 0, doubling: 0, delayMs: 0 };
export const FOUL: ProxyWeather = { loss: 0.1, doubling: 0.05, delayMs: 8 };
const STEP_MS = 300;
const QUIET_MS = 600;
const SETTLE_BOUND_MS = 15_000;

interface Scene {
  readonly cluster: Cluster;
  readonly crowd: Crowd;
  readonly proxy: LossyProxy;
}

interface SceneOptions {
  readonly servers: number;
  readonly clients: number;
  readonly order?: string;
  readonly weather?: ProxyWeather;
  readonly hasKey?: boolean;
  readonly window?: number;
  readonly paceMs?: number;
}

/** 10 % lost, 5 % doubled, delayed and so reordered: still one order, nothing lost. */
export async function lossyTrial(order: string, talkMs: number): Promise<TrialOutcome> {
  return played({ servers: 3, clients: 12, weather: FOUL, order, window: 8 }, async ({ crowd }) => {
    const before = crowd.seen;
    await pause(talkMs);
    return `${(((crowd.seen - before) / 6 / talkMs) * 1_000).toFixed(0)} messages/s`;
  });
}

/** kill -9 of one: a short gap, the rest goes on; started again it takes part again. */
export async function crashTrial(servers: number, clients: number): Promise<TrialOutcome> {
  const victim = 2;
  const options = { servers, clients, window: 2, gone: [victim] };
  return played(options, async ({ crowd, cluster }) => {
    await pause(1_000);
    crowd.forget();
    cluster.signal(victim, 'SIGKILL');
    await pause(2_000);
    const gap = crowd.longestSilenceMs((server) => server !== victim);
    await cluster.startOne(victim);
    await pause(3_000);
    const [guest] = crowd.guests.filter(({ sight }) => sight.server === victim);
    guest?.send('/order');
    await pause(300);
    const told = guest?.answers.at(-1) ?? '';
    const members = Array.from({ length: servers }, (_, index) => index + 1).join(' ');
    const complaints = [];
    if (!told.includes(`of servers ${members};`)) complaints.push(`it did not come back: ${told}`);
    if (gap > 1_000) complaints.push(`the gap was ${gap} ms`);
    return { complaints, saw: `longest silence ${gap} ms; it came back` };
  });
}

/** Standing still for long: left out, then taken in again; its clients hear all they missed. */
export async function standstillTrial(stillMs: number): Promise<TrialOutcome> {
  return played({ servers: 5, clients: 20, window: 1, paceMs: 150 }, async ({ crowd, cluster }) => {
    await pause(500);
    crowd.forget();
    cluster.signal(4, 'SIGSTOP');
    await pause(stillMs);
    const gap = crowd.longestSilenceMs((server) => server !== 4);
    cluster.signal(4, 'SIGCONT');
    await pause(4_000);
    return { complaints: gap > 1_000 ? [`the gap was ${gap} ms`] : [], saw: `longest silence elsewhere ${gap} ms` };
  });
}

/** 3 against 2: the majority goes on, the minority says so, and hears all when it is over. */
export async function partitionTrial(apartMs: number): Promise<TrialOutcome> {
  return played({ servers: 5, clients: 20, window: 1, paceMs: 150 }, async ({ crowd, proxy }) => {
    await pause(500);
    crowd.forget();
    proxy.part([3, 4]);
    await pause(apartMs);
    const gap = crowd.longestSilenceMs((server) => server < 3);
    const minority = crowd.guests.filter(({ sight }) => sight.server >= 3);
    for (const guest of minority) guest.send('is anybody there?');
    await pause(200);
    const complaints = minority
      .filter(({ answers }) => !answers.at(-1)?.startsWith('-ERR no quorum, '))
      .map(({ answers }) => `a client of the minority was told ${answers.at(-1)}`);
    proxy.join();
    await pause(4_000);
    if (gap > 1_500) complaints.push(`the majority stood still for ${gap} ms`);
    return { complaints, saw: `longest silence of the majority ${gap} ms; the minority said no quorum` };
  });
}

/** Hostile datagrams at every port while others talk. */
export async function hostileTrial(ms: number, hasKey: boolean, weather = FAIR): Promise<TrialOutcome> {
  return played({ servers: 3, clients: 12, hasKey, window: 2, weather }, async ({ crowd, cluster, proxy }) => {
    const attacker = new Attacker([...cluster.ports, ...proxy.forwards]);
    proxy.onPassing = (bytes) => attacker.overhear(bytes);
    attacker.begin();
    const before = crowd.seen;
    await pause(ms);
    attacker.end();
    return `${attacker.poured} hostile datagrams, ${(((crowd.seen - before) / 6 / ms) * 1_000).toFixed(0)} messages/s`;
  });
}

/** What is still on its way has its time: a server that was left out on a busy machine comes back first. */
async function settled(crowd: Crowd, order: string, gone: ReadonlySet<number>): Promise<RoomsVerdict> {
  const sights = crowd.guests.map(({ sight }) => sight);
  for (let waitedMs = 0; ; waitedMs += STEP_MS) {
    await pause(STEP_MS);
    const verdict = judge(sights, order, gone);
    const isQuiet = crowd.guests.every((guest) => guest.silentMs >= QUIET_MS);
    if ((isQuiet && verdict.complaints.length === 0) || waitedMs >= SETTLE_BOUND_MS) return verdict;
  }
}

type Acted = string | TrialOutcome;

async function played(
  options: SceneOptions & { readonly gone?: readonly number[] },
  act: (scene: Scene) => Promise<Acted>,
): Promise<TrialOutcome> {
  const { order = 'total', servers, clients, hasKey = false, window = 1, paceMs } = options;
  const ports = await freePorts(servers);
  const proxy = await LossyProxy.before(ports, options.weather ?? FAIR);
  const cluster = await Cluster.start({ servers, order, hasKey, ports, forwards: proxy.forwards });
  const crowd = new Crowd({
    ports,
    clients,
    rooms: 2,
    window,
    textBytes: 60,
    ...(paceMs === undefined ? {} : { paceMs }),
  });
  try {
    await cluster.whole();
    await crowd.enter();
    await pause(300);
    crowd.talk();
    const acted = await act({ cluster, crowd, proxy });
    crowd.hush();
    const { complaints, delivered } = await settled(crowd, order, new Set(options.gone));
    const outcome = typeof acted === 'string' ? { complaints: [], saw: acted } : acted;
    return { complaints: [...outcome.complaints, ...complaints], saw: `${outcome.saw}; ${delivered} lines judged` };
  } finally {
    crowd.leave();
    cluster.end();
    proxy.close();
  }
}
