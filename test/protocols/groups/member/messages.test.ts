// What is said in a group: which messages count, in which order, and what is shown of a conversation with gaps.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupMessage } from '../../../../protocols/groups/group-message.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { SILENCE_MS, GroupTestbed } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol'];

/** Somebody's last message with changes, signed again. */
function forged(village: GroupTestbed, name: string, changes: Partial<GroupMessage>, signer = name): Signed {
  const { store: shelf, device } = village.get(name);
  const last = shelf.messagesFrom(device.publicKey, 0, 1_000).at(-1);
  if (!last) throw new Error(`${name} has said nothing`);
  const message = { ...(JSON.parse(last.signed.payload) as GroupMessage), ...changes };
  return signObject('group_message', message, village.get(signer).device, fakePrimitives);
}

function hand(village: GroupTestbed, to: string, from: string, messages: Signed[]): void {
  village.get(to).receive(from, [{ type: 'messages', messages, more: false }]);
  village.settle();
}

test('[GROUP-24] nobody speaks for another, with a foreign device, or out of turn', () => {
  const village = GroupTestbed.of(NAMES);
  village.broadcast('alice', 'one');
  village.settle();
  hand(village, 'bob', 'carol', [forged(village, 'alice', { seq: 2, text: 'not signed by me' }, 'carol')]);
  hand(village, 'bob', 'carol', [forged(village, 'alice', { seq: 2, by: 'carol', text: 'not my device' })]);
  hand(village, 'bob', 'carol', [forged(village, 'alice', { seq: 7, text: 'far ahead' })]);
  hand(village, 'bob', 'carol', [forged(village, 'alice', { seq: 2, text: 'not after the first', previous: null })]);
  assert.deepEqual(village.visibleTo('bob'), ['one']);
});

test('[GROUP-25] what was said under entries that a takeover orphaned still counts', () => {
  const village = GroupTestbed.of([...NAMES, 'dave', 'erin']);
  for (const name of ['bob', 'carol', 'erin']) village.cut('alice', name);
  village.get('alice').execute({ type: 'policy', policy: village.member('alice').log.head.policy });
  village.settle();
  village.broadcast('dave', 'under the last word of alice');
  village.settle();
  village.isolate('alice');
  village.isolate('dave');
  village.advance(SILENCE_MS * 3);
  assert.equal(village.member('carol').log.head.leader, 'bob');
  for (const name of ['alice', 'dave']) village.reconnect(name);
  village.advance(SILENCE_MS * 2);
  for (const name of [...NAMES, 'dave', 'erin']) {
    assert.deepEqual(village.visibleTo(name), ['under the last word of alice']);
  }
});

test('[GROUP-26] [GROUP-33] a newcomer sees what the policy says: nothing, the last, or all', () => {
  const seen = (history: 'none' | 'all' | 2) => {
    const village = new GroupTestbed(NAMES, { history });
    village.add('bob');
    for (const text of ['one', 'two', 'three']) village.broadcast('alice', text);
    village.settle();
    village.add('carol');
    village.broadcast('alice', 'four');
    village.advance(SILENCE_MS);
    return village.visibleTo('carol');
  };
  assert.deepEqual(seen('none'), ['four']);
  assert.deepEqual(seen(2), ['two', 'three', 'four']);
  assert.deepEqual(seen('all'), ['one', 'two', 'three', 'four']);
});

test('[GROUP-27] a message that comes again is acknowledged again and shown once', () => {
  const village = GroupTestbed.of(NAMES);
  village.broadcast('alice', 'once');
  village.settle();
  const [kept] = village.get('alice').store.messagesFrom(village.get('alice').device.publicKey, 0, 1);
  assert.ok(kept);
  const acknowledged = village
    .effectsOf('bob', 'send')
    .filter(({ body: word }) => word.type === 'acknowledgement').length;
  hand(village, 'bob', 'alice', [kept.signed]);
  assert.equal(village.effectsOf('bob', 'show').length, 1);
  assert.ok(
    village.effectsOf('bob', 'send').filter(({ body: word }) => word.type === 'acknowledgement').length > acknowledged,
  );
});

test('[GROUP-28] what hangs on something missing is held back for 5 s, and then shown with a mark', () => {
  const village = GroupTestbed.of(NAMES);
  village.cut('alice', 'carol');
  village.broadcast('alice', 'the question');
  village.settle();
  village.broadcast('bob', 'the answer');
  const answer = forged(village, 'bob', {});
  village.isolate('carol');
  village.get('carol').receive('bob', [{ type: 'messages', messages: [answer], more: false }]);
  assert.deepEqual(village.visibleTo('carol'), []);
  village.advance(LIMITS.groupReorderMs + 100);
  assert.deepEqual(village.visibleTo('carol'), ['the answer']);
  assert.equal(village.effectsOf('carol', 'show').at(-1)?.message.visibility, 'marked');
});

test('[GROUP-28] it is shown as soon as what it hangs on has come', () => {
  const village = GroupTestbed.of(NAMES);
  village.cut('alice', 'carol');
  village.broadcast('alice', 'the question');
  village.settle();
  village.broadcast('bob', 'the answer');
  village.settle();
  assert.deepEqual(village.visibleTo('carol'), []);
  village.advance(SILENCE_MS);
  assert.deepEqual(village.visibleTo('carol'), ['the question', 'the answer']);
  assert.equal(village.effectsOf('carol', 'show').at(-1)?.message.visibility, 'shown');
});

test('[GROUP-29] who claims to be at the end of time does not take the others along', () => {
  const village = GroupTestbed.of(NAMES);
  village.broadcast('alice', 'zero');
  village.settle();
  const { store: shelf, device } = village.get('alice');
  const previous = shelf.messagesFrom(device.publicKey, 0, 1)[0]?.id ?? null;
  const late = { seq: 2, previous, after: [], lamport: Number.MAX_SAFE_INTEGER, text: 'the end of time' };
  hand(village, 'bob', 'alice', [forged(village, 'alice', late)]);
  assert.deepEqual(village.visibleTo('bob'), ['zero', 'the end of time']);
  village.broadcast('bob', 'one');
  village.broadcast('bob', 'two');
  const [one, two] = village
    .get('bob')
    .store.newestVisible(10)
    .filter(({ by }) => by === 'bob')
    .map(({ lamport }) => lamport);
  assert.ok((one ?? 0) <= LIMITS.groupLamportJump + 2);
  assert.ok((two ?? 0) > (one ?? 0), 'there is room for what comes after');
  village.restart('bob');
  village.broadcast('bob', 'three');
  const three = village
    .get('bob')
    .store.newestVisible(10)
    .find(({ text }) => text === 'three');
  assert.ok((three?.lamport ?? Infinity) <= 3 * LIMITS.groupLamportJump, 'after a restart too');
});

test('[GROUP-30] of two messages under one number the first stays', () => {
  const village = GroupTestbed.of(NAMES);
  village.broadcast('alice', 'first');
  village.settle();
  hand(village, 'bob', 'alice', [forged(village, 'alice', { text: 'second' })]);
  assert.deepEqual(village.visibleTo('bob'), ['first']);
  assert.equal(village.effectsOf('bob', 'warn').at(-1)?.code, 'GROUP_CONFLICT');
});

test('[GROUP-31] a message is as far as its least advanced recipient', () => {
  const village = GroupTestbed.of(NAMES);
  village.isolate('carol');
  village.broadcast('alice', 'to both');
  village.settle();
  const states = () => village.effectsOf('alice', 'state').map(({ state }) => state);
  assert.deepEqual(states(), []);
  village.get('alice').put({ type: 'held', user: 'carol', upTo: 1 });
  assert.deepEqual(states(), ['held']);
  village.reconnect('carol');
  assert.deepEqual(states(), ['held', 'delivered']);
});

test('[GROUP-35] frames of strangers and forged statements change nothing', () => {
  const village = GroupTestbed.of(NAMES);
  const before = JSON.stringify([village.member('bob').memory, village.member('bob').log.position]);
  const nothing: Signed = { payload: '{}', signature: 'A'.repeat(86) };
  const words = (['adopted', 'heartbeat', 'leave', 'transfer', 'vote'] as const).map((statement) => {
    return { type: 'statement', statement, signed: nothing } as const;
  });
  village.get('bob').receive('alice', words);
  village.get('bob').receive('alice', [
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
  const sent = village.effectsOf('bob', 'send').length;
  village.get('bob').receive('mallory', [
    { type: 'message_request', have: [], past: true },
    { type: 'acknowledgement', have: [] },
  ]);
  assert.equal(village.effectsOf('bob', 'send').length, sent);
  assert.equal(JSON.stringify([village.member('bob').memory, village.member('bob').log.position]), before);
});
