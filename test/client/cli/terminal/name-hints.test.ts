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

function no(name: string) {
  return { ok: false, refusal: new Refusal('NOT_FRIENDS', name) } as const;
}
