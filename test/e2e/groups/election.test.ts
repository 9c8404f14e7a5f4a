// A group of real processes: it is created, joined and used, and elects a leader after the first one is killed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answers } from '../../../protocols/control/answer.js';
import type { JsonClient } from '../testbed/json-client.js';
import { Testbed } from '../testbed/testbed.js';
import { historyOf, membersOf, SHORT_SILENCE, until } from './group-queries.js';

/** A group of real clients. `alice` creates it; she is another process after she was killed. */
interface Group {
  readonly testbed: Testbed;
  alice: JsonClient;
  readonly others: JsonClient[];
}

test('five clients, one name server, one group: each step continues where the last one ended', async (t) => {
  const testbed = await Testbed.open();
  t.after(() => testbed.close());
  const names = ['alice', 'bob', 'carol', 'dave', 'erin'];
  const clients = await Promise.all(names.map((name) => testbed.online(name, SHORT_SILENCE)));
  const [alice, ...others] = clients as [JsonClient, ...JsonClient[]];
  const group: Group = { testbed, alice, others };
  await t.test('[GROUP-2] alice creates a group, invites three users, and accepts one who asks to join', () =>
    createAndJoin(group),
  );
  await t.test('[GROUP-29] all members send at once, and all have the same history', () => allSendAtOnce(group));
  await t.test('[GROUP-31] a message is delivered once every other member has it', () => oneIsDelivered(group));
  await t.test('[GROUP-15] after the leader is killed, a deputy leads, adds a sixth member, and all follow', () =>
    aDeputyLeads(group),
  );
  await t.test('[GROUP-20] the old leader comes back and follows', () => theOldLeaderFollows(group));
});

async function createAndJoin({ alice, others }: Group): Promise<void> {
  await alice.does('create_group lake');
  for (const guest of others.slice(0, 3)) {
    await alice.does(`invite lake ${guest.user}`);
    await guest.hears('group_invite', { group: 'lake', from: 'alice' });
    await guest.does('accept lake');
    await guest.hears('group_joined', { group: 'lake' });
  }
  const erin = others[3] as JsonClient;
  await erin.does('join_group lake');
  await alice.hears('group_request', { group: 'lake', from: 'erin' });
  await alice.does('accept erin lake');
  await erin.hears('group_joined', { group: 'lake' });
  for (const client of [alice, ...others]) {
    await until(async () => (await membersOf(client)).members.length === 5);
  }
}

async function allSendAtOnce({ alice, others }: Group): Promise<void> {
  const clients = [alice, ...others];
  await Promise.all(clients.map((client) => client.does(`broadcast lake ${client.user} says hello`)));
  await until(async () => {
    const histories = await Promise.all(clients.map((client) => historyOf(client)));
    return histories.every((history) => history.length === 5);
  });
  const histories = await Promise.all(clients.map((client) => historyOf(client)));
  for (const history of histories) assert.deepEqual(history, histories[0]);
}

async function oneIsDelivered({ alice }: Group): Promise<void> {
  const { id } = await alice.does<Answers['broadcast']>('broadcast lake is anyone missing?');
  await alice.hears('state', { id, to: 'lake', state: 'delivered' });
}

async function aDeputyLeads({ testbed, alice, others }: Group): Promise<void> {
  await alice.kill();
  const bob = others[0] as JsonClient;
  await until(async () => (await membersOf(bob)).leader === 'bob');
  const frank = await testbed.online('frank', SHORT_SILENCE);
  await bob.does('invite lake frank');
  await frank.hears('group_invite', { group: 'lake' });
  await frank.does('accept lake');
  await frank.hears('group_joined', { group: 'lake' });
  for (const client of [...others, frank]) {
    await until(async () => {
      const { members, leader } = await membersOf(client);
      return leader === 'bob' && members.includes('frank');
    });
  }
  others.push(frank);
}

async function theOldLeaderFollows(group: Group): Promise<void> {
  const { testbed, others } = group;
  const bob = others[0] as JsonClient;
  await bob.does('broadcast lake welcome back');
  const alice = await testbed.online('alice', SHORT_SILENCE);
  group.alice = alice;
  await until(async () => (await membersOf(alice)).leader === 'bob');
  await until(async () => (await historyOf(alice)).some(([, text]) => text === 'welcome back'));
  assert.equal(await alice.refused('remove_member lake carol'), 'NOT_LEADER');
  assert.ok((await membersOf(alice)).members.includes('frank'));
}
