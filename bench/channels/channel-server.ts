// A channel server with WebSocket for the bench, without a message rate limit.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { WebSocketServer } from 'ws';
import { startChannelServer } from '../../channels/channel-server.js';
import type { AddressInfo } from 'node:net';
import { LIMITS } from '../../protocols/kit/limits.js';
import { makeSigningKey } from '../../runtime/crypto.js';
import { serveQuestions } from '../child.js';
import { resourceUsage } from './resource-usage.js';

const NO_PACE = 1_000_000;
const NOTHING = (): void => undefined;
const ORIGIN = { address: '127.0.0.1', exporter: null };
const SILENT = { debug: NOTHING, info: NOTHING, warn: NOTHING, error: NOTHING };

const data = mkdtempSync(join(tmpdir(), 'kith-bench-channels-'));
process.once('exit', () => rmSync(data, { recursive: true, force: true }));

const channels = await startChannelServer({
  config: { transports: ['ws'], tcpPort: 0, peerPort: 0, peerHost: null, peers: [], isDiscoveryEnabled: false },
  host: '127.0.0.1',
  data,
  key: makeSigningKey(),
  ownersOf: () => null,
  isOwnOrigin: () => true,
  log: SILENT,
  onFault: (error) => {
    throw error;
  },
  messagesPerSecond: NO_PACE,
  messagesBurst: NO_PACE,
  clientsPerNetworkMax: Infinity,
});
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, maxPayload: LIMITS.channelClientFrameBytes });
const admit = (): void => undefined;
server.on('connection', (socket, { socket: below }) => channels.addSocket(socket, { below, admit }, ORIGIN));

serveQuestions(async (question) => {
  if ('connect' in question) {
    const peerPort = Number(question['connect']);
    await channels.connect({ host: '127.0.0.1', port: peerPort }, null);
  }
  if ('end' in question) rmSync(data, { recursive: true, force: true });
  const { port } = server.address() as AddressInfo;
  const linked = channels.peers().filter(({ state }) => state === 'linked').length;
  const { dropped_slow_peer: droppedToPeers, slow_clients: slow } = channels.numbers.counts;
  return { port, peerPort: channels.listensAt?.port ?? 0, linked, lost: droppedToPeers + slow, ...resourceUsage() };
});
