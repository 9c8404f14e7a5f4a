// Invitations into groups: from any member, answered by the name of the group.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import type { Client } from '../harness/test-client.js';
import { FakePeer } from '../harness/fake-peer.js';
import { Testbed } from '../harness/testbed.js';

const idOf = (letter: string): string => `${letter.repeat(21)}A`;
const accept = { type: 'accept', user: 'lake', nameKind: 'group' } as const;
const reject = { type: 'reject', user: 'lake', nameKind: 'group' } as const;

function invite(from: FakePeer, to: Client, { group = idOf('G'), name = 'lake', hash = idOf('h') } = {}): void {
  const policy = { deputies: [], history: 'none', join: 'ask' };
  const key = to.me.identity.publicKey;
  const word = { type: 'invite', key, name, public: false, head: { index: 0, hash }, policy, members: 2 };
  from.write(to, 'group', { group, body: word });
}

/** Alice, and some who invite her. `said`: the words about groups that she sealed, with whom they are for. */
function setUp(...names: string[]): {
  alice: Client;
  others: FakePeer[];
  said: () => [string, string][];
  testbed: Testbed;
} {
  const testbed = new Testbed();
  const effects: Effect[] = [];
  testbed.passes = (client, effect) => {
    if (client.name === 'alice') effects.push(effect);
    return true;
  };
  const [alice] = testbed.online('alice') as [Client];
  const others = names.map((name) => new FakePeer(name, testbed));
  for (const other of others) other.register();
  const said = (): [string, string][] =>
    effects.flatMap((effect): [string, string][] => {
      if (effect.type !== 'seal') return [];
      const { payload } = JSON.parse(effect.plain) as { payload: string };
      const { kind, to, body } = JSON.parse(payload) as { kind: string; to: string; body: { body: { type: string } } };
      return kind === 'group' ? [[to, body.body.type]] : [];
    });
  return { alice, others, said, testbed };
}

test('[GROUP-38] two who invite into one group are both answered by one yes', () => {
  const { alice, others, said, testbed } = setUp('bob', 'carol');
  for (const [nth, other] of others.entries()) invite(other, alice, { hash: idOf(String(nth)) });
  assert.equal(alice.do({ type: 'requests' }).requests.length, 2);
  alice.do(accept);
  testbed.settle();
  assert.deepEqual(said(), [
    ['bob', 'join_request'],
    ['carol', 'join_request'],
  ]);
  assert.deepEqual(alice.do({ type: 'requests' }).requests, []);
});

test('[GROUP-38] and by one no; a later word of the same inviter takes the place of the one before', () => {
  const { alice, others, said, testbed } = setUp('bob', 'carol');
  for (const other of [...others, ...others]) invite(other, alice);
  assert.equal(alice.do({ type: 'requests' }).requests.length, 2);
  alice.do(reject);
  testbed.settle();
  assert.deepEqual(said(), [
    ['bob', 'decline'],
    ['carol', 'decline'],
  ]);
});

test('[GROUP-38] two groups of one name are two, and the word is refused with both', () => {
  const { alice, others } = setUp('bob', 'carol');
  for (const [nth, other] of others.entries()) invite(other, alice, { group: idOf(String(nth)) });
  const [ref] = alice.command(accept);
  const answer = alice.answer(ref);
  assert.ok(answer?.ok === false && answer.refusal.code === 'AMBIGUOUS');
  assert.match(answer.refusal.about, /bob.*carol/);
});

test('[GROUP-38] one inviter does not fill the place of others', () => {
  const { alice, others } = setUp('mallory', 'bob');
  const [mallory, bob] = others as [FakePeer, FakePeer];
  for (let nth = 0; nth < 2 * LIMITS.groupInvitationsPerUser; nth += 1) {
    invite(mallory, alice, { group: idOf(String.fromCharCode(97 + nth)), name: `pond-${nth}` });
  }
  invite(bob, alice);
  const from = alice.do({ type: 'requests' }).requests.map((one) => one.from);
  assert.equal(from.filter((name) => name === 'mallory').length, LIMITS.groupInvitationsPerUser);
  assert.equal(from.at(-1), 'bob');
});
