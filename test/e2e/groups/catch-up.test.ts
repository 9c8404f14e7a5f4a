// A member that was offline during many messages and membership changes catches up from a member that is not the
// leader.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonClient } from '../testbed/json-client.js';
import { Testbed } from '../testbed/testbed.js';
import { historyOf, membersOf, SHORT_SILENCE, until } from './group-queries.js';

const MESSAGES = 200;

test('[GROUP-32] [GROUP-33] a returning member gets every missed message from any online member', async (context) => {
  const testbed = await Testbed.during(context);
  const names = ['alice', 'bob', 'carol', 'dave', 'erin', 'frank'] as const;
  const [alice, bob, carol, dave, erin, frank] = await testbed.onlineAll(names, SHORT_SILENCE);
  await alice.does('create_group lake 0 --history all');
  for (const guest of [bob, carol, dave]) await addMember(alice, guest);
  await until(async () => (await membersOf(dave)).members.length === 4);
  await dave.kill();

  await Promise.all([alice, bob].map((client) => broadcastMany(client, MESSAGES / 4)));
  await addMember(alice, erin);
  await alice.does('remove_member lake erin');
  await addMember(alice, frank);
  await Promise.all([alice, bob].map((client) => broadcastMany(client, MESSAGES / 4)));
  await until(async () => (await historyOf(carol)).length === MESSAGES);
  await Promise.all([alice, bob, erin, frank].map((client) => client.kill()));

  const back = await testbed.online('dave', SHORT_SILENCE);
  await until(async () => (await historyOf(back)).length === MESSAGES);
  assert.deepEqual(await historyOf(back), await historyOf(carol));
  await until(async () => (await membersOf(back)).members.join() === 'alice,bob,carol,dave,frank');
});

function broadcastMany(client: JsonClient, count: number): Promise<unknown> {
  const nth = Array.from({ length: count }, (_, at) => at);
  return Promise.all(nth.map((at) => client.does(`broadcast lake ${client.user} ${at}`)));
}

async function addMember(leader: JsonClient, guest: JsonClient): Promise<void> {
  await leader.does(`invite lake ${guest.user}`);
  await guest.hears('group_invite', { group: 'lake' });
  await guest.does('accept lake');
  await guest.hears('group_joined', { group: 'lake' });
}
