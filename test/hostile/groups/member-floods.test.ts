// A member of a group sends what costs another member far more than itself: padded texts, made-up devices, and messages
// that can never be complete.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { GroupMessage } from '../../../protocols/groups/group-message.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { KIB, MIB } from '../../../protocols/kit/limits/units.js';
import { objectId, signedBytes, signObject, type Signed } from '../../../protocols/kit/signed.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { GroupTestbed } from '../../protocols/groups/testbed.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { HostileLeader } from './hostile-leader.js';

const BUDGET = 1 * MIB;

/** Alice, with a small budget for each author, is in a group that mallory leads. */
function withSmallBudget(): { alice: Client; mallory: HostileLeader } {
  const testbed = new Testbed();
  const alice = testbed.client('alice', { friendBytesPerDay: BUDGET });
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  const mallory = new HostileLeader('mallory', testbed);
  mallory.admit(alice);
  return { alice, mallory };
}

const shown = (alice: Client): string[] => alice.told('group').map(({ text }) => text);

/** The same value with another text, signed again by the same device. */
function rewritten({ payload }: Signed, mallory: HostileLeader, change: (payload: string) => string): Signed {
  const text = change(payload);
  return {
    payload: text,
    signature: fakePrimitives.sign(signedBytes('group_message', text), mallory.deviceKey),
  };
}

const SPELLINGS: readonly [string, (payload: string) => string][] = [
  ['with spaces', (payload) => payload + ' '.repeat(200 * KIB)],
  ['with a key twice', (payload) => payload.replace('{', '{"text":"another text",')],
  ['with a letter as a code', (payload) => payload.replace('hello', '\\u0068ello')],
  ['with a number spelled otherwise', (payload) => payload.replace('"seq":1', '"seq":1.0')],
];

for (const [how, change] of SPELLINGS) {
  test(`[DIR-26] a message that its author signed ${how} is not stored`, () => {
    const { alice, mallory } = withSmallBudget();
    const message = mallory.groupMessage(mallory, 'hello');
    mallory.sendMessages(alice, rewritten(message, mallory, change));
    assert.deepEqual(shown(alice), []);
    mallory.sendMessages(alice, message);
    assert.deepEqual(shown(alice), ['hello']);
  });
}

test('[GROUP-46] a text counts with the size at which it is stored', () => {
  const { alice, mallory } = withSmallBudget();
  // JSON writes each of these characters as six.
  const text = '\u0001'.repeat(10 * KIB);
  for (let nth = 0; nth < 30; nth += 1) mallory.sendMessages(alice, mallory.groupMessage(mallory, text));
  assert.ok(shown(alice).length > 0 && shown(alice).length * 6 * text.length <= BUDGET);
});

const device = (nth: number): string => fakeKey(`made-up device ${nth}`).publicKey;

test('[GROUP-51] of the devices that a peer makes up, so many are remembered', () => {
  const testbed = GroupTestbed.of(['alice', 'mallory']);
  const alice = testbed.get('alice');
  const name = (from: number, count: number, seq: number): void => {
    const have = Array.from({ length: count }, (_, nth) => ({ device: device(from + nth), seq }));
    alice.receive('mallory', [{ type: 'acknowledgement', have }]);
  };
  const requests = (): number =>
    testbed.effectsOf('alice', 'send').filter(({ body }) => body.type === 'message_request').length;
  const before = requests();
  name(0, LIMITS.groupDevicesMax, 0);
  name(LIMITS.groupDevicesMax, 1, 5);
  assert.equal(requests(), before, 'a device beyond the bound is not asked for');
});

test('[GROUP-28] of the messages that wait for what never comes, so many are held', () => {
  const testbed = GroupTestbed.of(['alice', 'mallory']);
  const { device: key } = testbed.get('mallory');
  const epoch = testbed.member('alice').log.position;
  const after = [{ device: device(1), seq: 1, epoch: epoch.index }];
  let previous: string | null = null;
  const messages: Signed[] = [];
  for (let seq = 1; seq <= LIMITS.groupHeldMessagesMax + 1; seq += 1) {
    const author = { group: testbed.group, epoch, by: 'mallory', device: key.publicKey, seq, previous };
    const message: GroupMessage = { ...author, before: 0, after, lamport: seq, at: 1, text: String(seq) };
    const signed = signObject('group_message', message, key, fakePrimitives);
    previous = objectId('group_message', signed.payload, fakePrimitives);
    messages.push(signed);
  }
  for (let at = 0; at < messages.length; at += LIMITS.groupBatchMessages) {
    const some = messages.slice(at, at + LIMITS.groupBatchMessages);
    testbed.get('alice').receive('mallory', [{ type: 'messages', messages: some, more: false }]);
  }
  assert.deepEqual(testbed.visibleTo('alice'), [String(messages.length)]);
  testbed.advance(LIMITS.groupReorderMs);
  assert.equal(testbed.effectsOf('alice', 'show').length, messages.length);
});

test('[GROUP-18] two transfers of one term do not circulate among the members', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol', 'dave']);
  const { group } = testbed;
  const { device } = testbed.get('alice');
  const { term } = testbed.member('alice').log;
  const transfer = (at: number): GroupFrameBody => {
    const signed = signObject(
      'transfer',
      { group, by: 'alice', device: device.publicKey, term, to: 'erin', at },
      device,
      fakePrimitives,
    );
    return { type: 'statement', statement: 'transfer', signed };
  };
  testbed.get('bob').receive('alice', [transfer(1)]);
  testbed.get('carol').receive('alice', [transfer(2)]);
  testbed.settle(); // throws while frames go on
  assert.ok(testbed.member('dave').memory.transfer);
});

test('[GROUP-19] heartbeats and votes do not make the target of a transfer campaign again and again', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol', 'dave', 'erin']);
  for (const name of ['carol', 'dave', 'erin']) testbed.isolate(name); // two of five elect no leader
  const { group } = testbed;
  const { device } = testbed.get('alice');
  const { term, position: head } = testbed.member('bob').log;
  const send = (statement: 'heartbeat' | 'transfer' | 'vote', fields: object): void => {
    const value = { group, by: 'alice', device: device.publicKey, ...fields };
    const signed = signObject(statement, value, device, fakePrimitives);
    testbed.get('bob').receive('alice', [{ type: 'statement', statement, signed }]);
  };
  send('transfer', { term, to: 'bob', at: 1 });
  const first = testbed.member('bob').memory.promised;
  assert.ok(first > term);
  for (let k = 1; k <= 20; k += 1) {
    send('heartbeat', { term, at: testbed.now() + k });
    send('vote', { term: term + k, candidate: 'bob', head: { ...head, index: head.index + 1 } });
  }
  assert.ok(testbed.member('bob').memory.promised <= first + 3);
});
