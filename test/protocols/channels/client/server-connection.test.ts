// The connection of a client to its server: interruption and refusal.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import { ClientTestbed, inLab, joined, PING_MS, FakeSender, START } from './client-testbed.js';

const states = (testbed: ClientTestbed): string[] => testbed.eventsOf('connection').map(({ state }) => state);

test('[VISIT-5] a broken connection is retried after growing waits', () => {
  const testbed = new ClientTestbed();
  testbed.input({ type: 'connect' });
  const waits = Array.from({ length: 12 }, () => {
    testbed.lose();
    const at = testbed.machine.wakeAt() ?? 0;
    const waited = at - testbed.now;
    testbed.pass(waited);
    return waited;
  });
  assert.ok((waits[0] ?? 0) <= LIMITS.reconnectFirstMs);
  assert.ok((waits[11] ?? 0) >= LIMITS.reconnectCeilingMs / 2);
  assert.ok(Math.max(...waits) <= LIMITS.reconnectCeilingMs);
  assert.equal(testbed.connections.length, 13);
});

test('[VISIT-5] only a connection that lasted resets the wait', () => {
  const testbed = new ClientTestbed();
  testbed.enter();
  for (let k = 0; k < 8; k += 1) {
    testbed.lose();
    testbed.pass((testbed.machine.wakeAt() ?? 0) - testbed.now);
    testbed.enter();
  }
  testbed.receive({ type: 'ping' });
  testbed.lose();
  assert.ok((testbed.machine.wakeAt() ?? 0) - testbed.now <= LIMITS.reconnectFirstMs);
});

test('[VISIT-5] channels are joined again, and the gap is reported for each', () => {
  const testbed = inLab();
  testbed.joins('den');
  testbed.lose();
  testbed.sent = [];
  testbed.comeBack();
  const away = testbed.now - START;
  assert.deepEqual(
    testbed.sentOf('join').map(({ channel }) => channel),
    ['lab', 'den'],
  );
  assert.deepEqual(testbed.eventsOf('missed'), []);
  testbed.receive(joined('den'), joined('lab'));
  assert.deepEqual(testbed.eventsOf('missed'), [
    { type: 'missed', channel: 'den', awayMs: away },
    { type: 'missed', channel: 'lab', awayMs: away },
  ]);
});

test('[VISIT-5] messages that were not taken are sent again unchanged, others are not', () => {
  const testbed = inLab();
  const first = testbed.request({ type: 'send', channel: 'lab', text: 'one' });
  const second = testbed.request({ type: 'send', channel: 'lab', text: 'two' });
  const [, two] = testbed.sentOf('say');
  testbed.receive({ type: 'taken', life: testbed.life, counter: 1 });
  assert.equal(testbed.answers.get(first)?.ok, true);
  testbed.lose();
  testbed.sent = [];
  testbed.comeBack();
  assert.deepEqual(testbed.sentOf('say'), [], 'not before we are in again');
  testbed.receive(joined('lab'));
  assert.deepEqual(testbed.sentOf('say'), [two]);
  testbed.receive({ type: 'taken', life: testbed.life, counter: 2 });
  assert.equal(testbed.answers.get(second)?.ok, true);
});

test('[VISIT-5] a server that is silent for two pings counts as lost since it was heard from last', () => {
  const testbed = inLab();
  testbed.receive({ type: 'ping' });
  testbed.pass(2 * PING_MS - 1);
  assert.equal(testbed.machine.connectionState, 'open');
  testbed.pass(1);
  assert.equal(testbed.machine.connectionState, 'away');
  testbed.comeBack();
  testbed.receive(joined('lab'));
  assert.equal(testbed.eventsOf('missed')[0]?.awayMs, testbed.now - START);
});

test('a ping is answered with a pong', () => {
  const testbed = new ClientTestbed();
  testbed.enter();
  testbed.receive({ type: 'ping' });
  assert.deepEqual(testbed.sentOf('pong'), [{ type: 'pong' }]);
});

test('a connection that does not open, or on which the server is silent, is given up', () => {
  const testbed = new ClientTestbed();
  testbed.input({ type: 'connect' });
  testbed.pass(LIMITS.channelEntryMs - 1);
  assert.equal(testbed.connections.length, 1);
  testbed.pass(1 + LIMITS.reconnectFirstMs);
  assert.equal(testbed.connections.length, 2);
});

test('[VISIT-6] a request without an answer is refused after half a minute', () => {
  const testbed = inLab();
  testbed.lose();
  const join = testbed.request({ type: 'join', channel: 'den' });
  const say = testbed.request({ type: 'send', channel: 'lab', text: 'hi' });
  testbed.pass(LIMITS.channelClientWaitMs - 1);
  assert.equal(testbed.answers.size, 1);
  testbed.pass(1);
  assert.equal(testbed.refusalOf(join), 'CHANNEL_AWAY');
  assert.equal(testbed.refusalOf(say), 'CHANNEL_AWAY');
});

test('[VISIT-6] a message that was refused this way is not sent later', () => {
  const testbed = inLab();
  testbed.lose();
  testbed.request({ type: 'send', channel: 'lab', text: 'hi' });
  testbed.pass(LIMITS.channelClientWaitMs);
  testbed.comeBack();
  testbed.receive(joined('lab'));
  assert.deepEqual(testbed.sentOf('say'), []);
  testbed.request({ type: 'send', channel: 'lab', text: 'again' });
  assert.equal(testbed.saidBy()[0]?.counter, 1, 'it left no gap');
});

test('[VISIT-7] after a refused entry the client does not connect again until it is asked to', () => {
  for (const code of ['ENTRY_REFUSED', 'CHANNEL_NAME_TAKEN', 'NAME_INVALID']) {
    const testbed = new ClientTestbed();
    testbed.input({ type: 'connect' });
    const ref = testbed.request({ type: 'join', channel: 'lab' });
    testbed.open();
    testbed.receive(testbed.challenge(), { type: 'error', code, about: 'alice' });
    assert.equal(testbed.refusalOf(ref), code);
    testbed.lose();
    testbed.pass(10 * LIMITS.reconnectCeilingMs);
    assert.equal(testbed.connections.length, 1);
    assert.equal(testbed.refusalOf(testbed.request({ type: 'join', channel: 'lab' })), code);
    assert.deepEqual(states(testbed), ['connecting', 'refused']);
    testbed.input({ type: 'connect' });
    assert.equal(testbed.connections.length, 2);
  }
});

test('[VISIT-7] after a temporary refusal the client retries', () => {
  const testbed = new ClientTestbed();
  testbed.input({ type: 'connect' });
  testbed.receive({ type: 'error', code: 'SERVER_BUSY', about: '' });
  assert.equal(testbed.machine.connectionState, 'away');
  testbed.comeBack();
});

test('[VISIT-7] a server without channels is not retried', () => {
  const testbed = new ClientTestbed();
  testbed.input({ type: 'connect' });
  const ref = testbed.request({ type: 'join', channel: 'lab' });
  testbed.input({
    type: 'connection_refused',
    connection: testbed.connection,
    refusal: new Refusal('CHANNELS_OFF', 'kith.example'),
  });
  assert.equal(testbed.refusalOf(ref), 'CHANNELS_OFF');
  assert.equal(testbed.machine.wakeAt(), null);
});

test('a disconnected client sends and receives nothing, and rejoins its channels when it connects', () => {
  const testbed = inLab();
  const say = testbed.request({ type: 'send', channel: 'lab', text: 'hi' });
  testbed.input({ type: 'disconnect' });
  assert.equal(testbed.refusalOf(say), 'CHANNEL_AWAY');
  assert.ok(testbed.closed.includes(testbed.connection));
  assert.equal(testbed.machine.wakeAt(), null);
  assert.equal(testbed.refusalOf(testbed.request({ type: 'join', channel: 'den' })), 'CHANNEL_AWAY');
  testbed.pass(60_000);
  testbed.sent = [];
  testbed.enter();
  assert.deepEqual(
    testbed.sentOf('join').map(({ channel }) => channel),
    ['lab'],
  );
  testbed.receive(joined('lab'));
  assert.equal(testbed.eventsOf('missed')[0]?.awayMs, 60_000);
});

test('frames of an earlier connection are ignored', () => {
  const testbed = inLab();
  const old = testbed.connection;
  testbed.lose();
  testbed.comeBack();
  testbed.receive(joined('lab'));
  testbed.input({
    type: 'connection_frame',
    connection: old,
    frame: { type: 'heard', kind: 'channel', said: new FakeSender('bob').says('x') },
  });
  testbed.input({ type: 'connection_closed', connection: old, reason: 'late' });
  assert.deepEqual(testbed.shown, []);
  assert.equal(testbed.machine.connectionState, 'open');
});

test('[VISIT-5] after a standstill, queued frames do not hide the gap, and its length is reported', () => {
  const bob = new FakeSender('bob');
  const testbed = inLab();
  testbed.now += 7_200_000; // a lid was closed: the machine slept
  testbed.receiveMessages(bob.says('one'), bob.says('two'));
  testbed.lose();
  testbed.comeBack();
  testbed.receive(joined('lab'));
  assert.deepEqual([testbed.shown, testbed.eventsOf('forgery'), testbed.eventsOf('clock_mismatch')], [[], [], []]);
  assert.equal(testbed.eventsOf('missed')[0]?.awayMs, testbed.now - START);
});
