// Channel servers in this process with real sockets, for tests.

import type { TestContext } from 'node:test';
import type { ChannelServer } from '../../channels/channel-server.js';
import type { Flags } from '../../runtime/process/flag-reader.js';
import type { RunningNameServer } from '../../nameserver/server.js';
import { clock } from '../../runtime/sources.js';
import { runServer } from '../nameserver/test-server.js';

const STEP_MS = 10;
const WAIT_MS = 10_000;

/** A name server with both transports and a port for peers, and its channels. */
export interface TestChannelServer {
  readonly server: RunningNameServer;
  readonly channels: ChannelServer;
  readonly port: number;
  readonly tcpPort: number;
  /** 0 if it only dials. */
  readonly peerPort: number;
}

const OPEN: Flags = { doors: 'ws,tcp', tcpPort: '0', peerPort: '0', discovery: false };

export async function runChannelServer(t: TestContext, flags: Flags = {}, data?: string): Promise<TestChannelServer> {
  const server = await runServer(t, { ...OPEN, ...flags }, data);
  const { channels } = server.channelHost;
  if (channels === null) throw new Error('this server carries no channels');
  const tcpPort = channels.tcpPort ?? 0;
  return { server, channels, port: server.port, tcpPort, peerPort: channels.listensAt?.port ?? 0 };
}

export async function link(from: TestChannelServer, to: TestChannelServer): Promise<void> {
  await from.channels.connect({ host: '127.0.0.1', port: to.peerPort }, null);
  await until('a link', () => isLinked(from, to) && to.channels.peers().some(({ state }) => state === 'linked'));
}

export function isLinked(from: TestChannelServer, to: TestChannelServer): boolean {
  return from.channels.peers().some(({ port, state }) => port === to.peerPort && state === 'linked');
}

/** Polls until a condition holds; fails after a time limit. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const since = clock.now(); !isSo();) {
    if (clock.now() - since > WAIT_MS) throw new Error(`it did not come to ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}
