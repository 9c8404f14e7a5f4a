// Three servers as processes in a line; the middle one is killed and comes back. All messages arrive once, in order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeSigningKey } from '../../../runtime/crypto.js';
import type { TestClient } from '../../channels/test-client.js';
import { BOTH_TRANSPORTS, LISTENS, ServerProcess } from './server-process.js';

/** Sends a text and waits until all have received it. */
async function say(sender: TestClient, text: string, all: readonly TestClient[]): Promise<void> {
  sender.say('lab', text);
  await Promise.all(all.map((client) => client.hears(text)));
}

test('[RELAY-7] [RELAY-12] the middle server of a line is killed, routed around, and comes back', async (t) => {
  const [a, c] = await Promise.all([
    ServerProcess.start(t, ...LISTENS),
    ServerProcess.start(t, ...LISTENS, ...BOTH_TRANSPORTS),
  ]);
  const links = ['--peer', a.peerPlace, '--peer', c.peerPlace];
  const b = await ServerProcess.start(t, ...BOTH_TRANSPORTS, ...links);
  await b.isLinkedWith(2);
  const [alice, bobby, carol] = [await a.browser('alice'), await b.lines('bobby'), await c.lines('carol')];
  const three = [alice, bobby, carol];
  for (const sender of three) for (const nth of [1, 2, 3]) await say(sender, `${sender.name} ${nth}`, three);
  const fields = [...alice.texts('lab')];
  for (const client of three) assert.deepEqual(client.texts('lab'), fields);
  assert.equal(new Set(fields).size, 9);

  await b.kill();
  assert.equal((await a.order('connect', '127.0.0.1', c.peerPort)).code, 0);
  await a.isLinkedWith(1);
  await say(alice, 'round', [alice, carol]);

  await b.revive();
  await b.isLinkedWith(2);
  await a.isLinkedWith(2);
  const back = await b.lines('bobby');
  await say(carol, 'triangle', [alice, carol, back]);
  await say(back, 'from within', [alice, carol, back]);
  await say(alice, 'the last', [alice, carol, back]);
  const after = ['triangle', 'from within', 'the last'];
  for (const client of [alice, carol]) assert.deepEqual(client.texts('lab'), [...fields, 'round', ...after]);
  assert.deepEqual(back.texts('lab'), after);
  for (const server of [a, b, c]) assert.deepEqual(server.faults, []);
  for (const client of three.concat(back)) client.leave();
});

test('[RELAY-1] `connect` links with the right key and explains a wrong one; `disconnect` unlinks', async (t) => {
  const [a, b] = await Promise.all([ServerProcess.start(t), ServerProcess.start(t, ...LISTENS)]);
  await a.order('connect', `${b.peerPlace}#${makeSigningKey().publicKey}`);
  await a.peers('a refusal', (lines) => lines.some((line) => line.includes('PEER_KEY_CHANGED')));
  await a.order('disconnect', b.peerPlace);
  await a.order('connect', `${b.peerPlace}#${await b.key()}`);
  await a.isLinkedWith(1);
  assert.equal((await a.order('disconnect', b.peerPlace)).code, 0);
  await a.isLinkedWith(0);
  const again = await a.order('disconnect', b.peerPlace);
  assert.equal(again.code, 3);
  assert.equal(again.lines.length, 1);
});
