// Messages: which are accepted, in which order they are shown, and what is shown of a conversation with gaps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupMessage } from '../../../../protocols/groups/group-message.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { GroupTestbed, SILENCE_MS } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol'];

/** The last message of a user with changes, signed again. */
function forged(testbed: GroupTestbed, name: string, changes: Partial<GroupMessage>, signer = name): Signed {
  const { store, device } = testbed.get(name);
  const last = store.messagesFrom(device.publicKey, 0, 1_000).at(-1);
  if (!last) throw new Error(`${name} has sent no message`);
  const message = { ...(JSON.parse(last.signed.payload) as GroupMessage), ...changes };
  return signObject('group_message', message, testbed.get(signer).device, fakePrimitives);
}

function hand(testbed: GroupTestbed, to: string, from: string, messages: Signed[]): void {
  testbed.get(to).receive(from, [{ type: 'messages', messages, more: false }]);
  testbed.settle();
}

test('[GROUP-24] a message of another author, of a foreign device, or out of sequence is rejected', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.broadcast('alice', 'one');
  testbed.settle();
  hand(testbed, 'bob', 'carol', [forged(testbed, 'alice', { seq: 2, text: 'not signed by me' }, 'carol')]);
  hand(testbed, 'bob', 'carol', [forged(testbed, 'alice', { seq: 2, by: 'carol', text: 'not my device' })]);
  hand(testbed, 'bob', 'carol', [forged(testbed, 'alice', { seq: 7, text: 'far ahead' })]);
  hand(testbed, 'bob', 'carol', [forged(testbed, 'alice', { seq: 2, text: 'not after the first', previous: null })]);
  assert.deepEqual(testbed.visibleTo('bob'), ['one']);
});

test('[GROUP-25] a message that cites an orphaned entry is accepted', () => {
  const testbed = GroupTestbed.of([...NAMES, 'dave', 'erin']);
  for (const name of ['bob', 'carol', 'erin']) testbed.cut('alice', name);
  testbed.get('alice').execute({ type: 'policy', policy: testbed.member('alice').log.head.policy });
  testbed.settle();
  testbed.broadcast('dave', 'cites the last entry of alice');
  testbed.settle();
  testbed.isolate('alice');
  testbed.isolate('dave');
  testbed.advance(SILENCE_MS * 3);
  assert.equal(testbed.member('carol').log.head.leader, 'bob');
  for (const name of ['alice', 'dave']) testbed.reconnect(name);
  testbed.advance(SILENCE_MS * 2);
  for (const name of [...NAMES, 'dave', 'erin']) {
    assert.deepEqual(testbed.visibleTo(name), ['cites the last entry of alice']);
  }
});

test('[GROUP-26] [GROUP-33] a new member sees the history that the policy grants: none, the newest, or all', () => {
  const seen = (history: 'none' | 'all' | 2) => {
    const testbed = new GroupTestbed(NAMES, { history });
    testbed.add('bob');
    for (const text of ['one', 'two', 'three']) testbed.broadcast('alice', text);
    testbed.settle();
    testbed.add('carol');
    testbed.broadcast('alice', 'four');
    testbed.advance(SILENCE_MS);
    return testbed.visibleTo('carol');
  };
  assert.deepEqual(seen('none'), ['four']);
  assert.deepEqual(seen(2), ['two', 'three', 'four']);
  assert.deepEqual(seen('all'), ['one', 'two', 'three', 'four']);
});

test('[GROUP-27] a repeated message is acknowledged again and shown once', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.broadcast('alice', 'once');
  testbed.settle();
  const [stored] = testbed.get('alice').store.messagesFrom(testbed.get('alice').device.publicKey, 0, 1);
  assert.ok(stored);
  const acknowledged = testbed.effectsOf('bob', 'send').filter(({ body }) => body.type === 'acknowledgement').length;
  hand(testbed, 'bob', 'alice', [stored.signed]);
  assert.equal(testbed.effectsOf('bob', 'show').length, 1);
  assert.ok(
    testbed.effectsOf('bob', 'send').filter(({ body }) => body.type === 'acknowledgement').length > acknowledged,
  );
});

test('[GROUP-28] a message whose dependency is missing is held for 5 s and then shown with a mark', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.cut('alice', 'carol');
  testbed.broadcast('alice', 'the question');
  testbed.settle();
  testbed.broadcast('bob', 'the answer');
  const answer = forged(testbed, 'bob', {});
  testbed.isolate('carol');
  testbed.get('carol').receive('bob', [{ type: 'messages', messages: [answer], more: false }]);
  assert.deepEqual(testbed.visibleTo('carol'), []);
  testbed.advance(LIMITS.groupReorderMs + 100);
  assert.deepEqual(testbed.visibleTo('carol'), ['the answer']);
  assert.equal(testbed.effectsOf('carol', 'show').at(-1)?.message.visibility, 'marked');
});

test('[GROUP-28] a held message is shown as soon as its dependency arrives', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.cut('alice', 'carol');
  testbed.broadcast('alice', 'the question');
  testbed.settle();
  testbed.broadcast('bob', 'the answer');
  testbed.settle();
  assert.deepEqual(testbed.visibleTo('carol'), []);
  testbed.advance(SILENCE_MS);
  assert.deepEqual(testbed.visibleTo('carol'), ['the question', 'the answer']);
  assert.equal(testbed.effectsOf('carol', 'show').at(-1)?.message.visibility, 'shown');
});

test('[GROUP-29] a message with the highest Lamport time moves the time of other members by a limited amount', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.broadcast('alice', 'zero');
  testbed.settle();
  const { store, device } = testbed.get('alice');
  const previous = store.messagesFrom(device.publicKey, 0, 1)[0]?.id ?? null;
  const late = { seq: 2, previous, after: [], lamport: Number.MAX_SAFE_INTEGER, text: 'the highest time' };
  hand(testbed, 'bob', 'alice', [forged(testbed, 'alice', late)]);
  assert.deepEqual(testbed.visibleTo('bob'), ['zero', 'the highest time']);
  testbed.broadcast('bob', 'one');
  testbed.broadcast('bob', 'two');
  const [one, two] = testbed
    .get('bob')
    .store.newestVisible(10)
    .filter(({ by }) => by === 'bob')
    .map(({ lamport }) => lamport);
  assert.ok((one ?? 0) <= LIMITS.groupLamportJump + 2);
  assert.ok((two ?? 0) > (one ?? 0), 'later messages have later times');
  testbed.restart('bob');
  testbed.broadcast('bob', 'three');
  const three = testbed
    .get('bob')
    .store.newestVisible(10)
    .find(({ text }) => text === 'three');
  assert.ok((three?.lamport ?? Infinity) <= 3 * LIMITS.groupLamportJump, 'also after a restart');
});

test('[GROUP-30] of two messages with one number the first stays', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.broadcast('alice', 'first');
  testbed.settle();
  hand(testbed, 'bob', 'alice', [forged(testbed, 'alice', { text: 'second' })]);
  assert.deepEqual(testbed.visibleTo('bob'), ['first']);
  assert.equal(testbed.effectsOf('bob', 'warn').at(-1)?.code, 'GROUP_CONFLICT');
});

test('[GROUP-31] the state of a message is that of its least advanced recipient', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('carol');
  testbed.broadcast('alice', 'to both');
  testbed.settle();
  const states = () => testbed.effectsOf('alice', 'state').map(({ state }) => state);
  assert.deepEqual(states(), []);
  testbed.get('alice').put({ type: 'held', user: 'carol', upTo: 1 });
  assert.deepEqual(states(), ['held']);
  testbed.reconnect('carol');
  assert.deepEqual(states(), ['held', 'delivered']);
});

test('[GROUP-35] frames of non-members and forged statements change nothing', () => {
  const testbed = GroupTestbed.of(NAMES);
  const before = JSON.stringify([testbed.member('bob').memory, testbed.member('bob').log.position]);
  const nothing: Signed = { payload: '{}', signature: 'A'.repeat(86) };
  const bodies = (['adopted', 'heartbeat', 'leave', 'transfer', 'vote'] as const).map((statement) => {
    return { type: 'statement', statement, signed: nothing } as const;
  });
  testbed.get('bob').receive('alice', bodies);
  testbed.get('bob').receive('alice', [
    {
      type: 'entries',
      from: 0,
      entries: [nothing],
      proofs: [{ from: 0, to: 9, adopted: [nothing] }],
      records: [nothing],
    },
    { type: 'messages', messages: [nothing], more: true },
    { type: 'fork', entries: [nothing, nothing] },
  ]);
  const sent = testbed.effectsOf('bob', 'send').length;
  testbed.get('bob').receive('mallory', [
    { type: 'message_request', have: [], past: true, skip: [] },
    { type: 'acknowledgement', have: [] },
  ]);
  assert.equal(testbed.effectsOf('bob', 'send').length, sent);
  assert.equal(JSON.stringify([testbed.member('bob').memory, testbed.member('bob').log.position]), before);
});
