// A visitor and its server: the entry by proof, what happens when the way breaks, and what a no means.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import { openSigned } from '../../../../protocols/kit/signed.js';
import { cardShape, entryProofShape } from '../../../../protocols/channels/signed-objects.js';
import { primitives } from '../../../../runtime/crypto.js';
import {
  CHALLENGE,
  freshKey,
  ClientTestbed,
  inLab,
  joined,
  PING_MS,
  SERVER,
  FakeSender,
  START,
} from './client-testbed.js';

const states = (guest: ClientTestbed): string[] => guest.newsOf('connection').map(({ state }) => state);

test('[CHAN-1] the entry is signed, and names this server and this challenge', () => {
  const guest = new ClientTestbed();
  guest.enter();
  const [enter] = guest.sentOf('enter');
  assert.ok(enter);
  const { publicKey: key } = guest.key;
  assert.deepEqual(openSigned('card', enter.card, { key, shape: cardShape, primitives }), guest.card);
  assert.deepEqual(openSigned('entry', enter.entry, { key, shape: entryProofShape, primitives }), {
    server: SERVER,
    challenge: CHALLENGE,
    key,
    life: guest.life,
  });
});

test('[VISIT-8] a server with another key than it must have gets no proof', () => {
  const guest = new ClientTestbed({ serverKey: () => freshKey() });
  guest.input({ kind: 'awake' });
  const ref = guest.wish({ kind: 'join', channel: 'lab' });
  guest.hear({ type: 'challenge', challenge: CHALLENGE, server: SERVER });
  assert.deepEqual(guest.sent, []);
  assert.equal(guest.machine.connectionState, 'refused');
  assert.equal(guest.refusalOf(ref), 'SERVER_CHANGED');
});

test('[CHAN-1] a welcome to no proof, or a second challenge, ends the connection', () => {
  for (const frame of [
    { type: 'welcome', pingMs: PING_MS },
    { type: 'heard', kind: 'channel', said: new FakeSender('bob').says('hi') },
  ]) {
    const guest = new ClientTestbed();
    guest.input({ kind: 'awake' });
    guest.hear(frame);
    assert.equal(guest.machine.connectionState, 'away');
  }
  const guest = new ClientTestbed();
  guest.enter();
  guest.hear({ type: 'challenge', challenge: freshKey(), server: SERVER });
  assert.equal(guest.machine.connectionState, 'away');
});

test('[CHAN-1] a proof that is ready only after the door has closed goes nowhere', () => {
  const guest = new ClientTestbed();
  guest.isPrompt = false;
  guest.input({ kind: 'awake' });
  guest.hear({ type: 'challenge', challenge: CHALLENGE, server: SERVER });
  guest.lose();
  while (guest.held.length > 0) guest.release(guest.held[0]);
  assert.deepEqual(guest.sent, []);
});

test('[VISIT-5] a broken connection is made again, with waits that grow', () => {
  const guest = new ClientTestbed();
  guest.input({ kind: 'awake' });
  const waits = Array.from({ length: 12 }, () => {
    guest.lose();
    const at = guest.machine.wakeAt() ?? 0;
    const waited = at - guest.now;
    guest.pass(waited);
    return waited;
  });
  assert.ok((waits[0] ?? 0) <= LIMITS.reconnectFirstMs);
  assert.ok((waits[11] ?? 0) >= LIMITS.reconnectCeilingMs / 2);
  assert.ok(Math.max(...waits) <= LIMITS.reconnectCeilingMs);
  assert.equal(guest.doors.length, 13);
});

test('[VISIT-5] only a connection that lasted makes the next wait short again', () => {
  const guest = new ClientTestbed();
  guest.enter();
  for (let k = 0; k < 8; k += 1) {
    guest.lose();
    guest.pass((guest.machine.wakeAt() ?? 0) - guest.now);
    guest.enter();
  }
  guest.hear({ type: 'ping' });
  guest.lose();
  assert.ok((guest.machine.wakeAt() ?? 0) - guest.now <= LIMITS.reconnectFirstMs);
});

test('[VISIT-5] channels are joined again, and how long we were away is told for each', () => {
  const guest = inLab();
  guest.joins('den');
  guest.lose();
  guest.sent = [];
  guest.comeBack();
  const away = guest.now - START;
  assert.deepEqual(
    guest.sentOf('join').map(({ channel }) => channel),
    ['lab', 'den'],
  );
  assert.deepEqual(guest.newsOf('missed'), []);
  guest.hear(joined('den'), joined('lab'));
  assert.deepEqual(guest.newsOf('missed'), [
    { news: 'missed', channel: 'den', awayMs: away },
    { news: 'missed', channel: 'lab', awayMs: away },
  ]);
});

test('[VISIT-5] what was not taken is sent again as it was signed, what was taken is not', () => {
  const guest = inLab();
  const first = guest.wish({ kind: 'say', channel: 'lab', text: 'one' });
  const second = guest.wish({ kind: 'say', channel: 'lab', text: 'two' });
  const [, two] = guest.sentOf('say');
  guest.hear({ type: 'taken', life: guest.life, counter: 1 });
  assert.equal(guest.answers.get(first)?.ok, true);
  guest.lose();
  guest.sent = [];
  guest.comeBack();
  assert.deepEqual(guest.sentOf('say'), [], 'not before we are in again');
  guest.hear(joined('lab'));
  assert.deepEqual(guest.sentOf('say'), [two]);
  guest.hear({ type: 'taken', life: guest.life, counter: 2 });
  assert.equal(guest.answers.get(second)?.ok, true);
});

test('[VISIT-5] a server that is silent for two of its pings is given up; time since its last word was missed', () => {
  const guest = inLab();
  guest.hear({ type: 'ping' });
  guest.pass(2 * PING_MS - 1);
  assert.equal(guest.machine.connectionState, 'open');
  guest.pass(1);
  assert.equal(guest.machine.connectionState, 'away');
  guest.comeBack();
  guest.hear(joined('lab'));
  assert.equal(guest.newsOf('missed')[0]?.awayMs, guest.now - START);
});

test('a ping is answered by a pong', () => {
  const guest = new ClientTestbed();
  guest.enter();
  guest.hear({ type: 'ping' });
  assert.deepEqual(guest.sentOf('pong'), [{ type: 'pong' }]);
});

test('a door that never opens, or says nothing, is given up', () => {
  const guest = new ClientTestbed();
  guest.input({ kind: 'awake' });
  guest.pass(LIMITS.channelEntryMs - 1);
  assert.equal(guest.doors.length, 1);
  guest.pass(1 + LIMITS.reconnectFirstMs);
  assert.equal(guest.doors.length, 2);
});

test('[VISIT-6] a wish that nobody answers is refused after half a minute', () => {
  const guest = inLab();
  guest.lose();
  const join = guest.wish({ kind: 'join', channel: 'den' });
  const say = guest.wish({ kind: 'say', channel: 'lab', text: 'hi' });
  guest.pass(LIMITS.channelClientWaitMs - 1);
  assert.equal(guest.answers.size, 1);
  guest.pass(1);
  assert.equal(guest.refusalOf(join), 'CHANNEL_AWAY');
  assert.equal(guest.refusalOf(say), 'CHANNEL_AWAY');
});

test('[VISIT-6] what was refused so is not sent afterwards', () => {
  const guest = inLab();
  guest.lose();
  guest.wish({ kind: 'say', channel: 'lab', text: 'hi' });
  guest.pass(LIMITS.channelClientWaitMs);
  guest.comeBack();
  guest.hear(joined('lab'));
  assert.deepEqual(guest.sentOf('say'), []);
  guest.wish({ kind: 'say', channel: 'lab', text: 'again' });
  assert.equal(guest.saidBy()[0]?.counter, 1, 'it left no gap');
});

test('[VISIT-7] a server that refuses the entry is not asked again until somebody wants so', () => {
  for (const code of ['ENTRY_REFUSED', 'CHANNEL_NAME_TAKEN', 'NAME_INVALID']) {
    const guest = new ClientTestbed();
    guest.input({ kind: 'awake' });
    const ref = guest.wish({ kind: 'join', channel: 'lab' });
    guest.hear({ type: 'challenge', challenge: CHALLENGE, server: SERVER }, { type: 'error', code, about: 'alice' });
    assert.equal(guest.refusalOf(ref), code);
    guest.lose();
    guest.pass(10 * LIMITS.reconnectCeilingMs);
    assert.equal(guest.doors.length, 1);
    assert.equal(guest.refusalOf(guest.wish({ kind: 'join', channel: 'lab' })), code);
    assert.deepEqual(states(guest), ['connecting', 'refused']);
    guest.input({ kind: 'awake' });
    assert.equal(guest.doors.length, 2);
  }
});

test('[VISIT-7] a server that is only busy is asked again', () => {
  const guest = new ClientTestbed();
  guest.input({ kind: 'awake' });
  guest.hear({ type: 'error', code: 'SERVER_BUSY', about: '' });
  assert.equal(guest.machine.connectionState, 'away');
  guest.comeBack();
});

test('[VISIT-7] a server without channels is not asked again', () => {
  const guest = new ClientTestbed();
  guest.input({ kind: 'awake' });
  const ref = guest.wish({ kind: 'join', channel: 'lab' });
  guest.input({ kind: 'door_refused', door: guest.door, refusal: new Refusal('CHANNELS_OFF', 'kith.example') });
  assert.equal(guest.refusalOf(ref), 'CHANNELS_OFF');
  assert.equal(guest.machine.wakeAt(), null);
});

test('who sleeps is told nothing and asks for nothing, and is where they were once awake', () => {
  const guest = inLab();
  const say = guest.wish({ kind: 'say', channel: 'lab', text: 'hi' });
  guest.input({ kind: 'asleep' });
  assert.equal(guest.refusalOf(say), 'CHANNEL_AWAY');
  assert.ok(guest.closed.includes(guest.door));
  assert.equal(guest.machine.wakeAt(), null);
  assert.equal(guest.refusalOf(guest.wish({ kind: 'join', channel: 'den' })), 'CHANNEL_AWAY');
  guest.pass(60_000);
  guest.sent = [];
  guest.enter();
  assert.deepEqual(
    guest.sentOf('join').map(({ channel }) => channel),
    ['lab'],
  );
  guest.hear(joined('lab'));
  assert.equal(guest.newsOf('missed')[0]?.awayMs, 60_000);
});

test('frames of a door that was given up are not heard', () => {
  const guest = inLab();
  const old = guest.door;
  guest.lose();
  guest.comeBack();
  guest.hear(joined('lab'));
  guest.input({
    kind: 'door_frame',
    door: old,
    frame: { type: 'heard', kind: 'channel', said: new FakeSender('bob').says('x') },
  });
  guest.input({ kind: 'door_closed', door: old, reason: 'late' });
  assert.deepEqual(guest.shown, []);
  assert.equal(guest.machine.connectionState, 'open');
});

test('[VISIT-5] who stood still does not take what queued up for news of now, and says for how long', () => {
  const bob = new FakeSender('bob');
  const guest = inLab();
  guest.now += 7_200_000; // a lid was closed: nobody woke the machine
  guest.hearSaid(bob.says('one'), bob.says('two'));
  guest.lose();
  guest.comeBack();
  guest.hear(joined('lab'));
  assert.deepEqual([guest.shown, guest.newsOf('forgery'), guest.newsOf('untimely')], [[], [], []]);
  assert.equal(guest.newsOf('missed')[0]?.awayMs, guest.now - START);
});
