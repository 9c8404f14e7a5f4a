// A name server, or a friend, that says again and again that our data is an old copy.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import type { SessionProof } from '../../../protocols/session/messages.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import { renewals } from '../../client/engine/harness/old-copy.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';

/** What a hostile server shows with RESTORED: one of the proofs that it has received, the newest last. */
type Shown = (received: readonly Signed[]) => Signed | undefined;

const PROOFS: readonly [string, Shown][] = [
  ['no proof', () => undefined],
  ['the proof that it has just received', (received) => received.at(-1)],
  ['an earlier proof', (received) => received.at(-2)],
  [
    'a proof that it signed itself',
    (received) => {
      const claim = JSON.parse(received.at(-1)?.payload ?? '{}') as SessionProof;
      return signObject('session', { ...claim, boot: claim.boot + 9 }, fakeKey('mallory'), fakePrimitives);
    },
  ],
  [
    'the newest proof with a higher counter',
    (received) => {
      const { payload, signature } = received.at(-1) as Signed;
      const claim = JSON.parse(payload) as SessionProof;
      return { payload: JSON.stringify({ ...claim, boot: claim.boot + 9 }), signature };
    },
  ],
];

/** The name server answers every session of alice with RESTORED while this is true. */
function lyingAbout(testbed: Testbed, shown: Shown): { lies: boolean } {
  const state = { lies: true };
  const received: Signed[] = [];
  const hear = testbed.server.hear.bind(testbed.server);
  testbed.server.hear = (client, effect) => {
    if (effect.type !== 'session_send' || effect.frame.type !== 'session') return hear(client, effect);
    received.push(effect.frame.proof);
    if (!state.lies || client.name !== 'alice') return hear(client, effect);
    const proof = shown(received);
    const frame = { type: 'refused', code: 'RESTORED', about: 'alice', ...(proof && { proof }) };
    testbed.later(() => void client.give({ type: 'session_frame', session: effect.session, frame }));
  };
  return state;
}

function dropped(testbed: Testbed, client: Client): void {
  testbed.server.drop(client, 'broken');
  testbed.settle();
}

for (const [name, shown] of PROOFS) {
  test(`[SESS-24] a name server that always says RESTORED with ${name} changes no device`, () => {
    const testbed = new Testbed();
    const [alice] = testbed.online('alice') as [Client];
    const server = lyingAbout(testbed, shown);
    dropped(testbed, alice);
    testbed.pass(LIMITS.keyRotationTimeMs);
    assert.equal(renewals(alice), 0);
    server.lies = false;
    testbed.pass(LIMITS.reconnectCeilingMs * 2);
    assert.equal(alice.do({ type: 'whoami' }).online, true, 'an honest answer lets it in');
  });
}

test('[LETTER-9] letters sealed before many changes of device are opened after them', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const letters = [];
  for (let day = 0; day < 5; day += 1) {
    const messages = [bob.message(alice, { seq: day + 1, text: `day ${day}` })];
    letters.push(bob.letter(alice, 'message', { epoch: 1, heard: null, messages }));
    bob.dial(alice, 901 + day);
    bob.say(alice, 901 + day, bob.hello({ seen: bob.lostMessage(alice, 9) }));
    testbed.pass(LIMITS.keyRotationTimeMs);
  }
  assert.equal(renewals(alice), 5);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  for (const letter of letters) bob.deliver(alice, letter);
  assert.deepEqual(alice.texts('bob'), ['day 0', 'day 1', 'day 2', 'day 3', 'day 4']);
});
