// Fan-out of a channel: one sender, a thousand receivers; compared with a bare loop of `ws`, and across two servers.

import { Child } from '../child.js';
import { printRow, printTitle } from '../report.js';
import type { ResourceUsage } from './resource-usage.js';

const LISTENERS = 1_000;
const WINDOW = 256;
const MESSAGES = { ours: 4_000, bare: 400, idle: 100 };

interface ServerState extends ResourceUsage {
  readonly port: number;
  readonly peerPort: number;
  readonly linked: number;
  /** Dropped frames and cut clients. */
  readonly lost: number;
}

interface Heard {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

interface Measured {
  readonly busy: Heard;
  readonly idle: Heard;
  readonly microsPerDelivery: number;
  readonly bytesPerClient: number;
  readonly lost: number;
}

export async function benchChannels(): Promise<void> {
  printTitle(`Channels: one speaks, ${LISTENERS} hear (WebSocket, 60-byte texts, signed)`);
  const bare = await onOne('channels/bare-server', true);
  const ours = await onOne('channels/channel-server', false);
  const two = await acrossTwo();
  printFanOut('deliveries, saturated', ours, bare, '≥ 8');
  printFanOut('the same across two servers', two, bare, '');
  const latency = { unit: 'ms', baseline: 'bare ws loop', theirs: bare.idle.p50Ms };
  printRow({ what: 'idle: said to heard, p50', ours: ours.idle.p50Ms, ...latency, goal: '≤ 1.1' });
  printRow({ what: 'idle: the same across two servers', ours: two.idle.p50Ms, ...latency, goal: '' });
  const memory = { unit: 'bytes', baseline: 'bare ws', theirs: bare.bytesPerClient, goal: '' };
  printRow({ what: 'memory for each idle client', ours: ours.bytesPerClient, ...memory });
  if (ours.lost + two.lost > 0) throw new Error(`${ours.lost} and ${two.lost} were let go`);
}

function printFanOut(what: string, ours: Measured, bare: Measured, goal: string): void {
  const theirs = bare.busy.perSecond;
  printRow({ what, ours: ours.busy.perSecond, unit: '/s', baseline: 'bare ws loop', theirs, goal });
  const p99 = { unit: 'ms', baseline: 'bare ws loop', theirs: bare.busy.p99Ms, goal: '' };
  printRow({ what: '  said to heard, p99', ours: ours.busy.p99Ms, ...p99 });
  const cpu = { unit: 'µs', baseline: 'bare ws loop', theirs: bare.microsPerDelivery, goal: '' };
  printRow({ what: '  processor time for each delivery', ours: ours.microsPerDelivery, ...cpu });
}

async function onOne(file: string, isBare: boolean): Promise<Measured> {
  const server = new Child(file);
  try {
    return await measure([server, server], isBare);
  } finally {
    server.end();
  }
}

/** The sender is on one server, the receivers on the other. */
async function acrossTwo(): Promise<Measured> {
  const [near, far] = [new Child('channels/channel-server'), new Child('channels/channel-server')];
  try {
    const { peerPort } = await stateOf(far);
    let state = await near.ask<ServerState>({ connect: peerPort });
    while (state.linked === 0) state = await stateOf(near);
    return await measure([near, far], false);
  } finally {
    near.end();
    far.end();
  }
}

async function measure([near, far]: readonly [Child, Child], isBare: boolean): Promise<Measured> {
  const load = new Child('channels/load-generator');
  const empty = await stateOf(far);
  const speakAt = (await stateOf(near)).port;
  await load.ask({ gather: { speakAt, listenAt: empty.port, howMany: LISTENERS, isBare } });
  const bytesPerClient = ((await stateOf(far)).residentBytes - empty.residentBytes) / LISTENERS;
  const messages = isBare ? MESSAGES.bare : MESSAGES.ours;
  await load.ask({ messages: messages / 4, window: WINDOW });
  const before = await cpuOf(near, far);
  const busy = await load.ask<Heard>({ messages, window: WINDOW });
  const cpuMs = (await cpuOf(near, far)) - before;
  const idle = await load.ask<Heard>({ messages: MESSAGES.idle, window: 1 });
  const lost = (await stateOf(near)).lost + (await stateOf(far)).lost;
  load.end();
  return { busy, idle, bytesPerClient, lost, microsPerDelivery: (cpuMs * 1_000) / (messages * LISTENERS) };
}

function stateOf(server: Child): Promise<ServerState> {
  return server.ask<ServerState>({});
}

async function cpuOf(near: Child, far: Child): Promise<number> {
  const servers = near === far ? [near] : [near, far];
  let total = 0;
  for (const server of servers) total += (await stateOf(server)).cpuMs;
  return total;
}
