// Unread marks and open conversations of groups and friends: as the client knows them, and gone when they end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientEvent } from '../../../../protocols/control/event.js';
import { NOON } from '../fakes/fake-client.js';
import { settled } from '../fakes/fake-host.js';
import { openTerminal } from '../fakes/open-terminal.js';

const LEFT: ClientEvent = { event: 'group_left', group: 'lake', reason: 'removed', at: NOON };
const UNFRIENDED: ClientEvent = { event: 'friend_removed', user: 'bob', at: NOON };

test('[CTRL-37] unread messages of friends and groups are counted from the start and after each list', async () => {
  const { client, host, last } = await openTerminal();
  const both = 'alice (carol 2, group:lake 2)>';
  assert.equal(last(1)[0], both);
  for (const line of ['list', 'groups', 'list']) {
    await host.type(`${line}\r`);
    assert.equal(last(1)[0]?.includes('carol 2') && last(1)[0]?.includes('lake 2'), true, line);
  }
  client.emit({ event: 'group', id: 'g', group: 'lake', from: 'bob', text: 'hi', gap: false, at: NOON });
  await host.type('list\r');
  assert.match(last(1)[0] ?? '', /lake 3/);
});

test('[CTRL-37] a group or friend that is left has no unread mark', async () => {
  const { client, host, last } = await openTerminal();
  client.emit(LEFT);
  await settled();
  assert.equal(last(1)[0], 'alice (carol 2)>');
  await host.type('remove carol --yes\r');
  assert.equal(last(1)[0], 'alice>');
});

test('[CTRL-38] a conversation closes with its friendship or membership, and no half-typed line runs', async () => {
  for (const [open, event] of [
    ['group lake', LEFT],
    ['connect bob', UNFRIENDED],
  ] as const) {
    const { client, host, last } = await openTerminal();
    await host.type(`${open}\rblock carol`);
    client.emit(event);
    await settled();
    assert.equal(last(2)[0], 'The conversation is closed.');
    assert.match(last(1)[0] ?? '', /^alice[^→]*> block carol$/);
    assert.equal(client.commands.at(-1)?.type, 'leave');
    await host.type('\r');
    assert.equal(client.commands.at(-1)?.type, 'leave', 'not run');
    assert.match(last(3).join(' '), /neither sent nor run/);
    await host.type('who\r');
    assert.equal(client.commands.at(-1)?.type, 'who');
  }
});

test('[CTRL-38] leaving a group from its own conversation closes it', async () => {
  const { host, last } = await openTerminal();
  await host.type('group lake\r');
  await host.type('/leave_group lake --yes\r');
  assert.equal(last(1)[0], 'alice (carol 2)>');
});
