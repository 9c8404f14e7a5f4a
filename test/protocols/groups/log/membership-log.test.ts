// The membership log: which entries are valid, which log wins, and when an entry is ratified.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { batchEntries, splitProofs } from '../../../../protocols/groups/log/entry-batches.js';
import { positionOf } from '../../../../protocols/groups/log/applied-entry.js';
import { byteLength } from '../../../../protocols/kit/bytes.js';
import { signRecord } from '../../../../protocols/directory/record-signing.js';
import { signObject } from '../../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { GroupTestbed, SILENCE_MS } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

/** The index of the head of a member. */
function headIndex(testbed: GroupTestbed, name: string): number {
  return testbed.member(name).log.position.index;
}

test('[GROUP-1] an entry that does not follow the head, or that the leader did not sign, changes nothing', () => {
  const testbed = GroupTestbed.of(NAMES);
  const removal = { do: 'remove' as const, user: 'carol', cut: [] };
  const before = headIndex(testbed, 'bob');
  testbed.offer('bob', 'dave', [testbed.entry(removal, { on: 'bob', by: 'dave' })]);
  const genuine = testbed.entry(removal, { on: 'bob', by: 'alice' });
  testbed.offer('bob', 'dave', [
    { ...genuine, signature: testbed.entry(removal, { on: 'bob', by: 'dave' }).signature },
  ]);
  testbed.offer('bob', 'dave', [genuine], before + 2);
  assert.equal(headIndex(testbed, 'bob'), before);
  testbed.offer('bob', 'dave', [genuine]);
  assert.equal(headIndex(testbed, 'bob'), before + 1);
});

test('[GROUP-3] a takeover without a quorum of votes is invalid', () => {
  const testbed = GroupTestbed.of(NAMES);
  const { log } = testbed.member('bob');
  const vote = (by: string) => {
    const { device } = testbed.get(by);
    const fields = {
      group: testbed.group,
      by,
      device: device.publicKey,
      term: 1,
      candidate: 'dave',
      head: log.position,
    };
    return signObject('vote', fields, device, fakePrimitives);
  };
  const alone = testbed.entry({ do: 'takeover', votes: [vote('dave')] }, { on: 'bob', by: 'dave', term: 1 });
  testbed.offer('bob', 'dave', [alone]);
  assert.equal(testbed.member('bob').log.head.leader, 'alice');
  const votes = ['bob', 'carol', 'dave'].map(vote);
  testbed.offer('bob', 'dave', [testbed.entry({ do: 'takeover', votes }, { on: 'bob', by: 'dave', term: 1 })]);
  assert.equal(testbed.member('bob').log.head.leader, 'dave');
});

test('[GROUP-8] [GROUP-16] a vote covers the whole head: a vote for a false index does not count', () => {
  const testbed = GroupTestbed.of(NAMES);
  const { log } = testbed.member('bob');
  const vote = (by: string, index: number) => {
    const { device } = testbed.get(by);
    const fields = { group: testbed.group, by, device: device.publicKey, term: 1, candidate: 'dave' };
    return signObject('vote', { ...fields, head: { ...log.position, index } }, device, fakePrimitives);
  };
  const takeover = (index: number) => {
    const votes = ['bob', 'carol', 'dave'].map((by) => vote(by, index));
    return testbed.entry({ do: 'takeover', votes }, { on: 'bob', by: 'dave', term: 1 });
  };
  testbed.offer('bob', 'dave', [takeover(log.position.index + 5)]);
  assert.equal(testbed.member('bob').log.head.leader, 'alice');
  testbed.offer('bob', 'dave', [takeover(log.position.index)]);
  assert.equal(testbed.member('bob').log.head.leader, 'dave');
});

test('[GROUP-4] a group has at most 256 members and 1,000 unratified entries', () => {
  const testbed = new GroupTestbed(['alice']);
  testbed.pins = (_, user) => fakeKey(`identity ${user.slice('user'.length)}`).publicKey;
  const alice = testbed.get('alice');
  for (let nth = 1; nth <= LIMITS.groupMembersMax; nth += 1) {
    const device = fakeKey(`device ${nth}`);
    const identity = fakeKey(`identity ${nth}`);
    const devices = [{ device, exchange: device.publicKey, since: 0 }];
    const user = `user${nth}`;
    const content = { name: user, version: 1, identity, devices, previous: null, at: 0 };
    const { index, hash } = testbed.member('alice').log.position;
    const fields = {
      group: testbed.group,
      by: user,
      device: device.publicKey,
      key: identity.publicKey,
      head: { index, hash },
      nonce: 'A'.repeat(22),
      at: 1,
    };
    const record = signRecord(content, fakePrimitives);
    alice.execute({ type: 'add', user, record, consent: signObject('consent', fields, device, fakePrimitives) });
    testbed.letters.length = 0;
  }
  assert.equal(testbed.member('alice').log.members.size, LIMITS.groupMembersMax);
  assert.equal(testbed.effectsOf('alice', 'refused').at(-1)?.refusal.code, 'GROUP_FULL');
  const policy = testbed.member('alice').log.head.policy;
  for (let nth = 0; nth < LIMITS.groupUnratifiedMax; nth += 1) alice.execute({ type: 'policy', policy });
  const { log } = testbed.member('alice');
  assert.equal(log.position.index - log.ratified, LIMITS.groupUnratifiedMax);
  assert.equal(testbed.effectsOf('alice', 'refused').at(-1)?.refusal.code, 'GROUP_UNSETTLED');
});

test('[GROUP-5] a new device may sign once a record under the key of its user lists it', () => {
  const testbed = GroupTestbed.of(NAMES);
  const device = fakeKey('new device of alice');
  const devices = [{ device, exchange: device.publicKey, since: 0 }];
  const record = (key: string) => {
    const content = { name: 'alice', version: 2, identity: fakeKey(key), devices, previous: null, at: 0 };
    return signRecord(content, fakePrimitives);
  };
  const { group, position: epoch } = testbed.member('bob').log;
  const place = { seq: 1, previous: null, before: 0, after: [], lamport: 1, at: 1, text: 'hi' };
  const message = { group, epoch, by: 'alice', device: device.publicKey, ...place };
  const messages = [signObject('group_message', message, device, fakePrimitives)];
  const offer = () => testbed.get('bob').receive('alice', [{ type: 'messages', messages, more: false }]);
  testbed.get('bob').put({ type: 'record', signed: record('identity of mallory') });
  offer();
  assert.deepEqual(testbed.visibleTo('bob'), []);
  testbed.get('bob').put({ type: 'record', signed: record('identity of alice') });
  offer();
  assert.deepEqual(testbed.visibleTo('bob'), ['hi']);
});

test('[GROUP-5] the roster keeps a limited number of devices per member, and no record beyond them', () => {
  const testbed = GroupTestbed.of(NAMES);
  const key = fakeKey('identity of alice');
  for (let version = 2; version < LIMITS.groupDevicesPerUser + 20; version += 1) {
    const device = fakeKey(`device ${version} of alice`);
    const devices = [{ device, exchange: device.publicKey, since: 0 }];
    const content = { name: 'alice', version, identity: key, devices, previous: null, at: 0 };
    testbed.get('bob').put({ type: 'record', signed: signRecord(content, fakePrimitives) });
  }
  const { roster } = testbed.member('bob').log;
  // The records that named 32 devices, and the newest one.
  assert.equal(roster.provingRecords().length, NAMES.length - 1 + LIMITS.groupDevicesPerUser + 1);
  assert.ok(roster.owns('alice', key.publicKey, fakeKey('device 2 of alice').publicKey));
});

test('[GROUP-32] however many records exist, an update contains entries', () => {
  const testbed = GroupTestbed.of(NAMES);
  const records = Array.from({ length: 200 }, () => ({ payload: ' '.repeat(16_000), signature: 'A'.repeat(86) }));
  const bodies = batchEntries(testbed.member('bob').log, 1, [], { records });
  assert.ok(bodies.some(({ entries }) => entries.length > 0));
});

test('[GROUP-6] [GROUP-8] a majority of the new configuration alone ratifies nothing', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol', 'dave']);
  assert.equal(testbed.member('alice').log.ratified, 3);
  for (const name of ['carol', 'dave']) testbed.isolate(name);
  testbed.get('alice').execute({ type: 'remove', user: 'dave' });
  testbed.letters.length = 0; // or the removed member would adopt its removal
  testbed.settle();
  const { log } = testbed.member('alice');
  assert.deepEqual([log.position.index, log.ratified], [4, 3]);
  testbed.reconnect('carol');
  testbed.advance(SILENCE_MS);
  assert.equal(testbed.member('alice').log.ratified, 4);
});

test('[GROUP-7] a member that voted in a later term adopts no entry of an earlier one', () => {
  const testbed = GroupTestbed.of(NAMES);
  const { log } = testbed.member('bob');
  testbed.isolate('alice');
  testbed.advance(SILENCE_MS - 200);
  testbed.isolate('carol');
  testbed.isolate('dave');
  testbed.advance(400);
  assert.equal(testbed.member('bob').memory.vote?.term, 1);
  const sent = testbed.effectsOf('bob', 'send').length;
  testbed.offer('bob', 'carol', [testbed.entry({ do: 'remove', user: 'dave', cut: [] }, { on: 'alice', by: 'alice' })]);
  assert.equal(testbed.member('bob').log.position.index, log.position.index + 1);
  const signed = testbed.effectsOf('bob', 'send').slice(sent);
  assert.deepEqual(
    signed.filter(({ body }) => body.type === 'statement' && body.statement === 'adopted'),
    [],
  );
});

test('[GROUP-9] a member that was offline catches up with the proofs that other members kept', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('dave');
  testbed.get('alice').execute({ type: 'remove', user: 'carol' });
  testbed.settle();
  testbed.isolate('alice');
  testbed.advance(SILENCE_MS * 2);
  testbed.letters.length = 0;
  assert.equal(testbed.member('dave').log.head.leader, 'alice');
  testbed.connect('dave', 'bob');
  testbed.advance(SILENCE_MS * 2);
  assert.equal(testbed.member('dave').log.position.index, headIndex(testbed, 'bob'));
  assert.equal(testbed.member('dave').log.ratified, testbed.member('bob').log.ratified);
});

test('[GROUP-12] two entries of one leader at one index prove an equivocation, and members vote at once', () => {
  const testbed = GroupTestbed.of(NAMES);
  const one = testbed.entry({ do: 'remove', user: 'carol', cut: [] }, { on: 'bob', by: 'alice' });
  const other = testbed.entry({ do: 'remove', user: 'dave', cut: [] }, { on: 'bob', by: 'alice' });
  testbed.isolate('alice');
  testbed.offer('bob', 'alice', [one]);
  testbed.offer('carol', 'alice', [other]);
  testbed.advance(SILENCE_MS);
  assert.deepEqual(testbed.member('bob').memory.lies, [0]);
  assert.deepEqual(
    testbed.effectsOf('carol', 'warn').map(({ code, text }) => [code, text]),
    [['GROUP_LIAR', 'alice']],
  );
  testbed.advance(SILENCE_MS);
  assert.notEqual(testbed.member('dave').log.head.leader, 'alice');
});

test('[GROUP-32] however many proofs exist, each body fits into a frame', () => {
  const signature = 'A'.repeat(86);
  const adopted = Array.from({ length: 200 }, () => ({ payload: '"'.repeat(300), signature }));
  const proofs = Array.from({ length: 60 }, (_, to) => ({ from: to, to: to + 1, adopted }));
  const bodies = splitProofs({ type: 'entries', from: 1, entries: [], proofs, records: [] });
  assert.equal(bodies.flatMap((body) => body.proofs).length, proofs.length);
  for (const body of bodies) assert.ok(byteLength(JSON.stringify(body)) < LIMITS.linkFrameBytes);
});

test('[GROUP-12] two entries of a member that does not lead prove no equivocation', () => {
  const testbed = GroupTestbed.of(NAMES);
  const one = testbed.entry({ do: 'remove', user: 'carol', cut: [] }, { on: 'bob', by: 'dave' });
  const other = testbed.entry({ do: 'remove', user: 'alice', cut: [] }, { on: 'bob', by: 'dave' });
  testbed.get('bob').receive('dave', [{ type: 'fork', entries: [one, other] }]);
  testbed.advance(SILENCE_MS * 2);
  assert.deepEqual(testbed.member('bob').memory.lies, []);
  assert.equal(testbed.member('carol').log.head.leader, 'alice');
});

test('[GROUP-11] a log that contradicts a ratified entry is kept as evidence and not adopted', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol']);
  const { log } = testbed.member('bob');
  const fork = log.ratified;
  const takeover = forgedTakeover(testbed, fork - 1);
  testbed.offer('bob', 'carol', takeover, fork);
  const [warning] = testbed.effectsOf('bob', 'warn');
  assert.equal(warning?.code, 'GROUP_FORK');
  assert.equal(testbed.member('bob').log.head.leader, 'alice');
  assert.equal(testbed.member('bob').memory.forks.length, 1);
});

/** A takeover below a ratified entry, with votes of all members of that time: possible only if most of them lied. */
function forgedTakeover(testbed: GroupTestbed, below: number) {
  const { log } = testbed.member('bob');
  const head = log.at(below);
  if (!head) throw new Error('the log has no such entry');
  const vote = (by: string) => {
    const { device } = testbed.get(by);
    const fields = {
      group: testbed.group,
      by,
      device: device.publicKey,
      term: 1,
      candidate: 'bob',
      head: positionOf(head),
    };
    return signObject('vote', fields, device, fakePrimitives);
  };
  const votes = [...head.members.keys()].map(vote);
  const { device } = testbed.get('bob');
  const position = { group: testbed.group, index: below + 1, previous: head.id, term: 1 };
  const entry = { ...position, op: { do: 'takeover', votes }, at: 1, by: 'bob', device: device.publicKey };
  return [signObject('group', entry, device, fakePrimitives)];
}
