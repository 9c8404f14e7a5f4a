// A name server that lists a friend under a forged key, once or for ever: the friendship under the known key survives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { LyingNameServer } from './lying-name-server.js';

const verify = { type: 'verify', user: 'bob', confirm: null, reject: false } as const;
const say = (user: string, text: string) => ({ type: 'say', user, text }) as const;

interface Setting {
  readonly testbed: Testbed;
  readonly alice: Client;
  readonly bob: Client;
  readonly server: LyingNameServer;
  readonly forger: FakePeer;
}

/** Alice and bob are friends with a link, alice has verified bob, and one look-up of bob is forged. */
function forgedOnce(times = 1): Setting {
  const testbed = new Testbed();
  const [alice, bob] = testbed.friends();
  alice.do({ ...verify, confirm: alice.do(verify).safetyNumber });
  alice.command({ type: 'connect', user: 'bob' });
  testbed.settle();
  const server = new LyingNameServer(testbed);
  const forger = new FakePeer('bob', testbed, 'forged');
  server.forge('bob', forger.record(9), times);
  lookUp(testbed, alice);
  assert.deepEqual(
    alice.told('warning').map(({ code }) => code),
    ['KEY_CHANGED'],
  );
  return { testbed, alice, bob, server, forger };
}

function lookUp(testbed: Testbed, client: Client): void {
  client.command({ type: 'update' });
  testbed.settle();
}

test('[DIR-15] a forged look-up does not stop messages over the link, in either direction', () => {
  const { testbed, alice, bob } = forgedOnce(Infinity);
  alice.do(say('bob', 'still here'));
  bob.do(say('alice', 'me too'));
  testbed.settle();
  assert.deepEqual(alice.states('bob'), { 'still here': 'delivered' });
  assert.deepEqual(alice.texts('bob'), bob.texts('alice'));
});

test('[DIR-15] a new link opens through a restart while the name server goes on lying', () => {
  const { testbed, alice, bob } = forgedOnce(Infinity);
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  alice.do(say('bob', 'after the restart'));
  testbed.pass(60_000);
  assert.deepEqual(bob.texts('alice'), ['after the restart']);
});

test('[DIR-15] nothing goes to the forged key, by link or letter', () => {
  const { testbed, alice, bob, forger } = forgedOnce(Infinity);
  testbed.network.cut(bob);
  bob.command({ type: 'offline' });
  testbed.settle();
  const before = testbed.server.seen.length;
  alice.do(say('bob', 'secret'));
  testbed.pass(300_000);
  const sent = testbed.server.seen.slice(before).map(({ letter }) => letter);
  assert.deepEqual(
    sent.filter(({ device, fleeting }) => device === forger.device || !fleeting),
    [],
  );
  assert.deepEqual(alice.states('bob'), { secret: 'queued' });
});

test('[DIR-15] the next true look-up ends the block by itself, and the friend stays verified', () => {
  const { testbed, alice, bob } = forgedOnce();
  bob.command({ type: 'offline' });
  testbed.settle();
  alice.do(say('bob', 'waits'));
  testbed.pass(60_000);
  lookUp(testbed, alice);
  testbed.pass(60_000);
  assert.deepEqual(alice.states('bob'), { waits: 'held' });
  assert.deepEqual([alice.do(verify).claimed, alice.do(verify).verified], [null, true]);
});

test('[DIR-16] a key that is swapped between the comparison and the confirmation is not pinned', () => {
  const { testbed, alice, server } = forgedOnce(Infinity);
  const { claimed: compared, safetyNumber } = alice.do(verify);
  assert.ok(compared);
  server.forge('bob', new FakePeer('bob', testbed, 'swapped').record(10));
  lookUp(testbed, alice);
  assert.equal(alice.refusal({ ...verify, confirm: compared }), 'SAFETY_NUMBER_DIFFERS');
  assert.equal(alice.do(verify).safetyNumber, safetyNumber);
});

test('[DIR-17] the user keeps the known key, and letters leave again', () => {
  const { testbed, alice, bob, server } = forgedOnce(Infinity);
  bob.command({ type: 'offline' });
  testbed.settle();
  alice.do(say('bob', 'waits'));
  testbed.pass(60_000);
  assert.deepEqual(alice.states('bob'), { waits: 'queued' });
  server.forge('bob', new FakePeer('bob', testbed, 'unused').record(), 0);
  alice.do({ ...verify, reject: true });
  testbed.pass(60_000);
  assert.deepEqual(alice.states('bob'), { waits: 'held' });
});
