// A group of two whose leader does not come back: the other member founds it anew.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Testbed } from '../testbed/testbed.js';
import { membersOf, SHORT_SILENCE, until } from './group-queries.js';

test('[GROUP-37] the remaining one of two members founds the group anew', async (context) => {
  const testbed = await Testbed.during(context);
  const [alice, bob] = await testbed.onlineAll(['alice', 'bob'], SHORT_SILENCE);
  await alice.does('create_group lake 0');
  await alice.does('invite lake bob');
  await bob.hears('group_invite', { group: 'lake' });
  await bob.does('accept group:lake');
  await bob.hears('group_joined', { group: 'lake' });
  assert.equal(await bob.refused('create_group lake 0'), 'GROUP_TAKEN');
  await alice.kill();
  await until(async () => (await bob.tell('create_group lake 0')).ok);
  await until(async () => (await membersOf(bob)).leader === 'bob');
  assert.deepEqual((await membersOf(bob)).members, ['bob']);
  assert.equal(await bob.refused('broadcast lake I am still here'), 'GROUP_ALONE');
  await bob.kill(); // its leave statement waits for alice
});
