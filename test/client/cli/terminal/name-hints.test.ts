// Hints by what a name is: a group, or a user who has not answered.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import { openTerminal } from '../fakes/open-terminal.js';

test('[CTRL-45] a name that is no friend is called what it is', async () => {
  const { client, host, last } = await openTerminal();
  for (const line of ['connect', 'say']) {
    client.answers.set(line as 'connect' | 'say', no('lake'));
    await host.type(`${line} lake hello\r`.replace('connect lake hello', 'connect lake'));
    assert.equal(last(2)[0], '! lake is a group. To open it, type: group lake');
    client.answers.set(line as 'connect' | 'say', no('erin'));
    await host.type(`${line} erin hello\r`.replace('connect erin hello', 'connect erin'));
    assert.equal(last(2)[0], '! erin has not answered your friend request yet. You are told when it happens.');
  }
});

test('[CTRL-47] a friend and a group of one name are told apart when one is opened or made', async () => {
  const { host, last } = await openTerminal();
  await host.type('create_group bob\r');
  assert.equal(last(2)[0], 'You have a friend called bob, too. To write to them, type: connect bob');
  await host.type('connect bob\r');
  assert.equal(last(2)[0], 'You are in a group called bob, too. To open it, type: /group bob');
  await host.type('/group bob\r');
  assert.equal(last(2)[0], 'You have a friend called bob, too. To write to them, type: /connect bob');
});

test('[CTRL-46] a conversation opens with its own history, whatever else has its name', async () => {
  const { client, host } = await openTerminal();
  await host.type('connect bob\r');
  await host.type('/group bob\r');
  const histories = client.commands.filter((one) => one.type === 'history');
  assert.deepEqual(
    histories.map((one) => one.nameKind),
    ['user', 'group'],
  );
});

function no(name: string) {
  return { ok: false, refusal: new Refusal('NOT_FRIENDS', name) } as const;
}
