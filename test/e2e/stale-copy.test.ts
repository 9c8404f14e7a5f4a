// A stale copy of a user's data is restored: it continues as a new device, and friends return the missing messages.

import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import type { Answers } from '../../protocols/control/answer.js';
import { clock } from '../../runtime/sources.js';
import type { JsonClient } from './testbed/json-client.js';
import { Testbed } from './testbed/testbed.js';

test('[CHAT-18] [CHAT-19] a stale copy becomes a new device and recovers messages from friends', async (t) => {
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
  await restored.tell('online'); // even if refused, the new device goes online by itself
  await restored.hears('warning', { code: 'RENEWED' });
  const lacked = ['alice: before the copy', 'bob: before the copy', 'alice: after the copy', 'bob: after the copy'];
  assert.deepEqual(await recovered(restored, 'bob', lacked.length), lacked);

  await exchange(restored, bob, 'as a new device');
  const after = await restored.does<Answers['whoami']>('whoami');
  assert.deepEqual([after.key, after.device === before.device], [before.key, false]);
  const all = [...lacked, 'alice: as a new device', 'bob: as a new device'];
  assert.deepEqual([await said(restored, 'bob'), await said(bob, 'alice')], [all, all]);
});

const RECOVERY_MS = 20_000;

/** The history once it has that many messages. Recovered messages are not announced by an event. */
async function recovered(client: JsonClient, other: string, count: number): Promise<string[]> {
  const until = clock.now() + RECOVERY_MS;
  let texts = await said(client, other);
  while (texts.length < count && clock.now() < until) texts = await said(client, other);
  return texts;
}

/** Sends a text each way and waits for both deliveries. */
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
