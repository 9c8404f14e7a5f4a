// An old copy of somebody's data is put back: it goes on as a new device, and friends give back what it lacks.

import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import type { Answers } from '../../protocols/control/answer.js';
import { clock } from '../../runtime/sources.js';
import type { JsonClient } from './testbed/json-client.js';
import { Testbed } from './testbed/testbed.js';

test('[CHAT-18] [CHAT-19] a restored copy becomes a new device, is refilled by friends, and goes on', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  await exchange(alice, bob, 'before the copy');
  await alice.leaves();
  cpSync(testbed.dataOf('alice'), `${testbed.dataOf('alice')}.copy`, { recursive: true });
  const present = await testbed.online('alice');
  await exchange(present, bob, 'after the copy');
  await present.leaves();
  rmSync(testbed.dataOf('alice'), { recursive: true });
  cpSync(`${testbed.dataOf('alice')}.copy`, testbed.dataOf('alice'), { recursive: true });

  const restored = await testbed.client('alice');
  const before = await restored.does<Answers['whoami']>('whoami');
  await restored.tell('online'); // refused or not: it comes online as the new device by itself
  await restored.hears('warning', { code: 'RENEWED' });
  const lacked = ['alice: before the copy', 'bob: before the copy', 'alice: after the copy', 'bob: after the copy'];
  assert.deepEqual(await refilled(restored, 'bob', lacked.length), lacked);

  await exchange(restored, bob, 'as a new device');
  const after = await restored.does<Answers['whoami']>('whoami');
  assert.deepEqual([after.key, after.device === before.device], [before.key, false]);
  const all = [...lacked, 'alice: as a new device', 'bob: as a new device'];
  assert.deepEqual([await said(restored, 'bob'), await said(bob, 'alice')], [all, all]);
});

const REFILL_MS = 20_000;

/** The history once it has so many messages: what friends give back is not announced. */
async function refilled(client: JsonClient, other: string, count: number): Promise<string[]> {
  const until = clock.now() + REFILL_MS;
  let texts = await said(client, other);
  while (texts.length < count && clock.now() < until) texts = await said(client, other);
  return texts;
}

/** A text each way, both delivered. */
async function exchange(alice: JsonClient, bob: JsonClient, text: string): Promise<void> {
  for (const [from, to] of [
    [alice, bob],
    [bob, alice],
  ] as const) {
    const { id } = await from.does<Answers['say']>(`say ${to.user} ${text}`);
    await to.hears('chat', { id });
    await from.hears('state', { id, state: 'delivered' });
  }
}

async function said(client: JsonClient, other: string): Promise<string[]> {
  const { messages } = await client.does<Answers['history']>(`history ${other}`);
  return messages.map(({ from, text }) => `${from}: ${text}`);
}
