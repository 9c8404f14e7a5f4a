// A user chooses the id of a quick message: it may be the id that a message of another user is going to have. And its
// datagrams may come from any address that the sender writes into them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Effect } from '../../../client/engine/core/io.js';
import { objectId } from '../../../protocols/kit/signed.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { HostileLeader } from '../groups/hostile-leader.js';
import { HostileFriend } from './hostile-friend.js';

const LINK = 901;

test('[QUICK-10] a quick message with the id of a message to a group does not keep that out of the history', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [ReturnType<typeof testbed.client>];
  const leader = new HostileLeader('leader', testbed);
  leader.admit(alice);
  const mallory = HostileFriend.of(alice, testbed);
  mallory.link(alice, LINK);
  const message = leader.groupMessage(leader, 'the party is at eight');
  const id = objectId('group_message', message.payload, fakePrimitives);
  const quick = { ...mallory.words('hi'), id };
  const answers = alice.give({ type: 'datagram', from: mallory.at, bytes: mallory.quick(LINK).seal(quick) });
  assert.ok(
    answers.some(({ type }) => type === 'datagram'),
    'the quick message is confirmed',
  );
  leader.sendMessages(alice, message);
  const { messages } = alice.do({ type: 'search', words: ['party'], from: null, in: null, before: null });
  assert.deepEqual(
    messages.map(({ text }) => text),
    ['the party is at eight'],
  );
});

const targets = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) => (effect.type === 'datagram' ? [effect.to.host] : []));

test('[QUICK-9] a datagram with a forged source sends no answer into a network of ours or of others', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [ReturnType<typeof testbed.client>];
  const mallory = HostileFriend.of(alice, testbed);
  mallory.link(alice, LINK);
  const session = mallory.quick(LINK);
  const from = (host: string): string[] =>
    targets(alice.give({ type: 'datagram', from: { host, port: 53 }, bytes: session.seal(mallory.words('hi')) }));
  const forged = ['127.0.0.1', '192.168.77.1', '10.9.8.7', '169.254.169.254', '255.255.255.255'];
  assert.deepEqual(
    forged.flatMap(from),
    forged.map(() => mallory.at.host),
  );
  assert.deepEqual(from('198.51.100.7'), ['198.51.100.7']);
});
