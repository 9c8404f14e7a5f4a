// Many clients of one network read nothing, each just within the bound of its own queue. What they hold together is
// bounded, and clients elsewhere stay.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { Duplex, PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { WebSocket } from 'ws';
import { ClientConnections } from '../../../channels/clients/client-connections.js';
import { Metrics } from '../../../nameserver/metrics.js';
import { SessionSockets } from '../../../nameserver/sessions/session-sockets.js';
import { LIMITS } from '../../../protocols/kit/limits.js';

const NOTHING = (): void => undefined;

/** The WebSocket of a client that never reads. */
class UnreadSocket extends EventEmitter {
  readonly readyState = 1;
  bufferedAmount = 0;
  isCut = false;
  readonly below: Duplex;

  constructor() {
    super();
    this.below = new Duplex({ read: NOTHING, write: NOTHING });
  }

  readonly send = (text: string): void => {
    this.bufferedAmount += text.length;
  };

  /** What it holds of the memory of the server. */
  get heldBytes(): number {
    return this.isCut ? 0 : this.bufferedAmount + this.below.writableLength;
  }

  readonly terminate = (): void => {
    this.isCut = true;
    this.emit('close');
  };
}

const CLIENTS = 400;
const held = (sockets: readonly UnreadSocket[]): number => sockets.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
const addressOf = (nth: number): string => (nth === 0 ? '198.51.100.1' : `203.0.113.${nth % 256}`);

function unreadSessions() {
  const metrics = new Metrics(() => 0);
  const options = { put: NOTHING, metrics: () => metrics, onCount: NOTHING, areNetworksLimited: true };
  const sessions = new SessionSockets(options);
  const sockets = Array.from({ length: CLIENTS }, (_, nth) => {
    const socket = new UnreadSocket();
    const place = { below: new PassThrough(), admit: NOTHING };
    sessions.add(socket as unknown as WebSocket, { address: addressOf(nth), exporter: null, hello: undefined }, place);
    return socket;
  });
  return { sessions, sockets };
}

test('[LOAD-21] sessions of one network that read nothing hold a bounded amount together', () => {
  const { sessions, sockets } = unreadSessions();
  const frame = { type: 'deliver', id: 'x', from: 'mallory', at: 0, body: 'A'.repeat(350_000) } as const;
  for (let round = 0; round < 10; round += 1) {
    for (let session = 2; session <= CLIENTS; session += 1) sessions.send(session, frame);
    if (round === 0) sessions.send(1, frame);
    assert.ok(held(sockets.slice(1)) <= LIMITS.sessionQueueBytesPerNetwork, `${held(sockets)} bytes wait`);
  }
  assert.equal(sockets[0]?.isCut, false);
  assert.ok(sockets.some(({ isCut }) => isCut));
});

test('[LOAD-21] many networks that read nothing hold a bounded amount together', () => {
  const metrics = new Metrics(() => 0);
  const sessions = new SessionSockets({
    put: NOTHING,
    metrics: () => metrics,
    onCount: NOTHING,
    areNetworksLimited: true,
  });
  const sockets = Array.from({ length: 2_000 }, (_, nth) => {
    const socket = new UnreadSocket();
    const client = { address: `203.${nth % 100}.0.1`, exporter: null, hello: undefined };
    sessions.add(socket as unknown as WebSocket, client, { below: new PassThrough(), admit: NOTHING });
    return socket;
  });
  const frame = { type: 'deliver', id: 'x', from: 'mallory', at: 0, body: 'A'.repeat(350_000) } as const;
  for (let round = 0; round < 3; round += 1)
    for (let session = 1; session <= sockets.length; session += 1) sessions.send(session, frame);
  assert.ok(held(sockets) <= LIMITS.sessionQueueBytesInAll, `${held(sockets)} bytes wait`);
});

test('[LOAD-21] clients of channels of one network that read nothing hold a bounded amount together', async () => {
  const connections = new ClientConnections(NOTHING, true);
  const sockets = Array.from({ length: CLIENTS }, (_, nth) => {
    const socket = new UnreadSocket();
    const place = { below: socket.below, admit: NOTHING };
    connections.addSocket(socket as unknown as WebSocket, place, {
      address: addressOf(nth),
      exporter: null,
    });
    return socket;
  });
  const all = sockets.map((_, nth) => nth + 1);
  const said = { payload: 'A'.repeat(200_000), signature: '' };
  for (let round = 0; round < 6; round += 1) {
    connections.send(round === 0 ? all : all.slice(1), { type: 'heard', kind: 'channel', said });
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(held(sockets.slice(1)) <= LIMITS.channelQueueBytesPerNetwork, `${held(sockets)} bytes wait`);
  }
  assert.equal(sockets[0]?.isCut, false);
});
