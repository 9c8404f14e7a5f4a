// Commands about groups that are refused: each with its code, and the group does not change.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answers } from '../../../protocols/control/answer.js';
import { Testbed } from '../testbed/testbed.js';
import { historyOf, membersOf, SHORT_SILENCE, until } from './group-queries.js';

test('[GROUP-2] [GROUP-36] an impossible group command is refused with its code', async (context) => {
  const testbed = await Testbed.during(context);
  const [alice, bob, carol] = await testbed.onlineAll(['alice', 'bob', 'carol'], SHORT_SILENCE);
  await alice.does('create_group lake');
  await alice.does('invite lake bob');
  await bob.hears('group_invite', { group: 'lake' });
  assert.deepEqual(await requestsOf(bob), [['invite', 'alice', 'lake']]);
  await bob.does('accept group:lake');
  await bob.hears('group_joined', { group: 'lake' });

  assert.equal(await bob.refused('remove_member lake alice'), 'NOT_LEADER');
  assert.equal(await bob.refused('invite lake carol'), 'NOT_LEADER');
  assert.equal(await carol.refused('broadcast lake hello'), 'GROUP_UNKNOWN');
  assert.equal(await alice.refused('members pond'), 'GROUP_UNKNOWN');
  assert.equal(await carol.refused('join_group pond'), 'GROUP_UNKNOWN');
  assert.equal(await carol.refused('create_group lake'), 'GROUP_TAKEN');
  assert.equal(await alice.refused('create_group lake 0'), 'GROUP_TAKEN');
  assert.equal(await alice.refused('invite lake bob'), 'MEMBER_ALREADY');
  assert.equal(await alice.refused('invite lake nobody-here'), 'USER_UNKNOWN');
  assert.equal(await alice.refused('leave_group lake'), 'LEADER_LEAVES');
  assert.equal(await alice.refused('remove_member lake carol'), 'NOT_IN_GROUP');
  assert.equal(await alice.refused('transfer lake carol'), 'NOT_IN_GROUP');
  assert.equal(await bob.refused('join_group lake'), 'MEMBER_ALREADY');
  assert.equal(await carol.refused('accept lake'), 'NO_REQUEST');
  assert.equal(await alice.refused('evidence lake proof.json'), 'NO_EVIDENCE');

  await alice.does('transfer lake bob');
  await until(async () => (await membersOf(alice)).leader === 'bob');
  await alice.does('leave_group lake');
  await alice.hears('group_left', { group: 'lake', reason: 'left' });
  await until(async () => (await membersOf(bob)).members.join() === 'bob');
  assert.equal(await alice.refused('broadcast lake hello'), 'NOT_MEMBER');
  assert.deepEqual(await historyOf(alice), []);
});

async function requestsOf(client: { does: <D>(line: string) => Promise<D> }) {
  const { requests } = await client.does<Answers['requests']>('requests');
  return requests.map(({ kind, from, group }) => [kind, from, group]);
}
