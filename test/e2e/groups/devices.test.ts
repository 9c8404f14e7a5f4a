// Real clients replace their devices, a member and the leader, while a thief has the old device key of the member.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answers } from '../../../protocols/control/answer.js';
import { FriendLink } from '../../fuzz/wire/friend-link.js';
import type { TestIdentity } from '../../fuzz/wire/test-identity.js';
import type { JsonClient } from '../testbed/json-client.js';
import { befriend, Testbed } from '../testbed/testbed.js';
import { historyOf, membersOf, PATIENT_SILENCE, until } from './group-queries.js';

interface Group {
  readonly testbed: Testbed;
  readonly alice: JsonClient;
  bob: JsonClient;
  readonly carol: JsonClient;
  /** Has the first device key of bob, and the record that lists it. */
  readonly thief: Pick<TestIdentity, 'name' | 'device' | 'record'>;
}

test('devices are replaced in a group of real clients: each step continues where the last one ended', async (t) => {
  const testbed = await Testbed.open();
  t.after(() => testbed.close());
  const [alice, bob, carol] = await testbed.onlineAll(['alice', 'bob', 'carol'], PATIENT_SILENCE);
  const group: Group = { testbed, alice, bob, carol, thief: await testbed.caller('bob') };
  await createGroup(group);
  await t.test('[GROUP-47] a member renews its device: its old messages stay, and its new ones arrive', () =>
    memberRenews(group),
  );
  await t.test('[LINK-2] a thief with the old device key opened a link before, and opens none now', () =>
    thiefIsRefused(group),
  );
  await t.test('[GROUP-48] a member that renews its device while it is offline speaks again', () =>
    renewsOffline(group),
  );
  await t.test('[GROUP-50] a leader that renews its device is elected again, and leads', () => leaderRenews(group));
});

async function createGroup({ alice, bob, carol }: Group): Promise<void> {
  await befriend(alice, bob);
  await alice.does('create_group lake');
  for (const guest of [bob, carol]) {
    await alice.does(`invite lake ${guest.user}`);
    await guest.hears('group_invite', { group: 'lake' });
    await guest.does('accept lake');
    await guest.hears('group_joined', { group: 'lake' });
  }
}

async function memberRenews(group: Group): Promise<void> {
  const { testbed, alice, bob, carol, thief } = group;
  await bob.does('broadcast lake by the old device');
  await seenByAll([alice, carol], ['by the old device']);
  const { devices: before } = await bob.does<Answers['devices']>('devices');
  assert.deepEqual(
    before.map(({ state, lastSeen }) => [state, lastSeen !== null]),
    [['this', true]],
  );
  await bob.kill();
  const link = await FriendLink.open(thief, await testbed.listenerOf(alice));
  assert.notEqual(link, null);
  await link?.close();

  group.bob = await testbed.online('bob', PATIENT_SILENCE);
  const { device } = await group.bob.does<Answers['renew-device']>('renew-device');
  assert.notEqual(device, thief.device.publicKey);
  await group.bob.does('broadcast lake by the new device');
  await seenByAll([alice, group.bob, carol], ['by the old device', 'by the new device']);
  await group.bob.kill();
  group.bob = await testbed.online('bob', PATIENT_SILENCE);
  const { devices } = await group.bob.does<Answers['devices']>('devices');
  assert.deepEqual(
    devices.map((each) => [each.device, each.state]),
    [
      [device, 'this'],
      [thief.device.publicKey, 'replaced'],
    ],
  );
}

async function thiefIsRefused({ testbed, alice, bob, thief }: Group): Promise<void> {
  await bob.does('broadcast lake still here');
  await seenByAll([alice], ['by the old device', 'by the new device', 'still here']);
  assert.equal(await FriendLink.open(thief, await testbed.listenerOf(alice)), null);
}

async function renewsOffline({ alice, bob, carol }: Group): Promise<void> {
  await bob.does('offline');
  const { device } = await bob.does<Answers['renew-device']>('renew-device');
  assert.equal((await bob.does<Answers['whoami']>('whoami')).online, false);
  await bob.does('online');
  await bob.does('broadcast lake back again');
  await seenByAll([alice, bob, carol], ['by the old device', 'by the new device', 'still here', 'back again']);
  const { devices } = await bob.does<Answers['devices']>('devices');
  assert.deepEqual([devices[0]?.device, devices.length], [device, 3]);
}

async function leaderRenews({ alice, bob }: Group): Promise<void> {
  await alice.does('renew-device');
  await until(async () => (await alice.tell('remove_member lake carol')).ok);
  await until(async () => (await membersOf(bob)).members.length === 2);
  const { leader, members } = await membersOf(bob);
  assert.deepEqual([leader, members], ['alice', ['alice', 'bob']]);
}

async function seenByAll(clients: readonly JsonClient[], texts: readonly string[]): Promise<void> {
  for (const client of clients) {
    await until(async () => (await historyOf(client)).map(([, text]) => text).join() === texts.join());
  }
}
