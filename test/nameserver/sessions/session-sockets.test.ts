// Tests the sockets of sessions: slow readers, floods, backlog and closing.

import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import type { WebSocket } from 'ws';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Metrics } from '../../../nameserver/metrics.js';
import { SessionSockets } from '../../../nameserver/sessions/session-sockets.js';
import type { ServerInput } from '../../../nameserver/io.js';

class FakeSocket extends EventEmitter {
  bufferedAmount = 0;
  readonly calls: string[] = [];
  readonly send = (text: string): number => this.calls.push(`send ${text}`);
  readonly close = (): number => this.calls.push('close');
  readonly terminate = (): number => this.calls.push('terminate');
  readonly pause = (): number => this.calls.push('pause');
  readonly resume = (): number => this.calls.push('resume');
}

function open() {
  const inputs: ServerInput[] = [];
  const counts: number[] = [];
  const metrics = new Metrics(() => 0);
  const sockets = new SessionSockets({
    put: (input) => inputs.push(input),
    metrics: () => metrics,
    onCount: (count) => counts.push(count),
    areNetworksLimited: true,
  });
  const socket = new FakeSocket();
  const below = new PassThrough();
  const admitted: string[] = [];
  const place = { below, admit: () => void admitted.push('admitted') };
  sockets.add(socket as unknown as WebSocket, { address: '192.0.2.1', exporter: null, hello: undefined }, place);
  return { sockets, socket, below, admitted, inputs, counts };
}

test('[SESS-5] before the proof 4 KiB are read; after the welcome the listener knows the client', () => {
  const { sockets, socket, below, admitted } = open();
  below.emit('data', Buffer.alloc(LIMITS.sessionHandshakeBytes));
  assert.equal(socket.calls.length, 0);
  const held = { record: 'r', letterKey: 0, oneTimeKeys: 0 };
  sockets.send(1, { type: 'welcome', address: '', pingMs: 1, heldMs: 1, at: 1, ...held });
  below.emit('data', Buffer.alloc(1));
  assert.deepEqual([socket.calls.includes('terminate'), admitted], [false, ['admitted']]);
  const stranger = open();
  stranger.below.emit('data', Buffer.alloc(LIMITS.sessionHandshakeBytes + 1));
  assert.deepEqual(
    { calls: stranger.socket.calls, admitted: stranger.admitted },
    { calls: ['terminate'], admitted: [] },
  );
});

test('[SESS-19] a session whose client reads too slowly is closed', () => {
  const { sockets, socket } = open();
  socket.bufferedAmount = LIMITS.sessionQueueBytes;
  sockets.send(1, { type: 'ping' });
  assert.deepEqual(socket.calls, ['send {"type":"ping"}']);
  socket.bufferedAmount += 1;
  sockets.send(1, { type: 'ping' });
  assert.equal(socket.calls.at(-1), 'terminate');
});

test('[SESS-9] a client that sends too many frames is disconnected', () => {
  const { socket, inputs } = open();
  const isOver = (): boolean => socket.calls.length > 0;
  // Tokens return while the test runs, so it needs a few more frames than the burst.
  for (let count = 0; count < 10 * LIMITS.framesPerSession.burst && !isOver(); count += 1)
    socket.emit('message', Buffer.from('1'), false);
  assert.deepEqual(socket.calls, ['terminate']);
  assert.ok(inputs.length > LIMITS.framesPerSession.burst);
});

test('under backlog no socket is read', () => {
  const { sockets, socket } = open();
  sockets.pause(true);
  const late = new FakeSocket();
  sockets.add(
    late as unknown as WebSocket,
    { address: '192.0.2.1', exporter: null, hello: undefined },
    { below: new PassThrough(), admit: () => undefined },
  );
  sockets.pause(false);
  assert.deepEqual(
    [socket.calls, late.calls],
    [
      ['pause', 'resume'],
      ['pause', 'resume'],
    ],
  );
});

test('each session counts as closed exactly once', () => {
  const { sockets, socket, inputs, counts } = open();
  sockets.closeAll();
  socket.emit('close');
  assert.deepEqual(inputs.slice(1), [{ type: 'closed', session: 1 }]);
  assert.deepEqual(counts, [1, 0]);
});

test('a socket that opens during the shutdown is terminated', () => {
  const { sockets, counts } = open();
  sockets.closeAll();
  const late = new FakeSocket();
  sockets.add(
    late as unknown as WebSocket,
    { address: '192.0.2.1', exporter: null, hello: undefined },
    { below: new PassThrough(), admit: () => undefined },
  );
  assert.deepEqual([late.calls, counts], [['terminate'], [1, 0]]);
});
