// Replaced devices: a member replaces its device, a thief goes on signing with the old one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { StolenDevice } from '../../../sim/groups/byzantine/stolen-device.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { GroupTestbed, SILENCE_MS } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

/** The user replaces its device; a thief has the old one. */
function stealFrom(testbed: GroupTestbed, name: string): StolenDevice {
  const stolen = new StolenDevice(testbed.get(name));
  testbed.renew(name);
  testbed.settle();
  return stolen;
}

function opsOf(testbed: GroupTestbed, name: string): string[] {
  return testbed
    .member(name)
    .log.entriesFrom(0)
    .map(({ entry }) => entry.op.do);
}

test('[GROUP-47] the leader writes the new device of a member, and old messages stay', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.broadcast('bob', 'before');
  testbed.settle();
  const stolen = stealFrom(testbed, 'bob');
  testbed.broadcast('bob', 'after');
  testbed.settle();
  for (const name of NAMES) {
    const { log } = testbed.member(name);
    assert.equal(log.head.entry.op.do, 'devices');
    assert.equal(log.ratified, log.position.index);
    testbed
      .get(name)
      .receive('carol', [{ type: 'messages', messages: [stolen.message(testbed.member('carol').log)], more: false }]);
    assert.deepEqual(testbed.visibleTo(name), ['before', 'after']);
  }
});

test('[GROUP-47] messages that only the member itself has are fetched before the cut', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('bob');
  testbed.broadcast('bob', 'on the old device');
  stealFrom(testbed, 'bob');
  testbed.reconnect('bob');
  testbed.advance(SILENCE_MS / 2);
  for (const name of NAMES) assert.deepEqual(testbed.visibleTo(name), ['on the old device']);
  assert.equal(testbed.member('alice').log.head.entry.op.do, 'devices');
});

test('[GROUP-47] messages of a device that came and went while a member was offline reach this member', () => {
  const testbed = GroupTestbed.of(['alice', 'bob']);
  testbed.isolate('alice');
  testbed.get('alice').renew();
  testbed.broadcast('alice', 'on the device between');
  testbed.get('alice').renew();
  testbed.reconnect('alice');
  testbed.advance(SILENCE_MS * 2);
  assert.equal(testbed.member('bob').log.head.entry.op.do, 'devices');
  assert.deepEqual(testbed.visibleTo('bob'), ['on the device between']);
});

test('[GROUP-48] a member passes the new record on, although the leader does not', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('alice');
  testbed.isolate('bob');
  testbed.get('bob').renew();
  testbed.connect('carol', 'bob');
  testbed.settle();
  const { log } = testbed.member('dave');
  const key = testbed.get('bob').identity.publicKey;
  assert.ok(log.roster.newest('bob', key)?.devices.has(testbed.get('bob').device.publicKey));
});

test('[GROUP-49] a member that knows of the new device does not hear the old one', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('alice');
  const stolen = new StolenDevice(testbed.get('alice'));
  testbed.get('alice').renew();
  const { record } = testbed.get('alice');
  testbed.get('bob').put({ type: 'record', signed: record });
  const before = testbed.member('bob').log.head.id;
  const bodies = stolen.forgeries(testbed.member('bob').log);
  for (let beats = 0; beats < 8; beats += 1) {
    testbed.get('bob').receive('carol', bodies);
    testbed.advance(SILENCE_MS / 4);
  }
  assert.ok(testbed.member('bob').log.has({ index: testbed.member('alice').log.position.index, hash: before }));
  assert.deepEqual(testbed.visibleTo('bob'), []);
  assert.equal(testbed.member('bob').log.head.leader, 'bob');
});

test('[GROUP-49] a vote of a replaced device does not make a leader', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol']);
  for (const name of ['alice', 'bob', 'carol']) testbed.isolate(name);
  const stolen = new StolenDevice(testbed.get('carol'));
  testbed.get('carol').renew();
  testbed.get('bob').put({ type: 'record', signed: testbed.get('carol').record });
  testbed.advance(SILENCE_MS * 1.2);
  const vote = testbed.member('bob').memory.vote;
  assert.equal(vote?.candidate, 'bob');
  const signed = stolen.statement(testbed.group, 'vote', { ...vote });
  testbed.get('bob').receive('carol', [{ type: 'statement', statement: 'vote', signed }]);
  assert.equal(testbed.member('bob').log.head.leader, 'alice');
});

test('[GROUP-49] a takeover with a vote of a replaced device is not followed', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol', 'dave']);
  const stolen = new StolenDevice(testbed.get('carol'));
  const votes = ['bob', 'dave'].map((name) => new StolenDevice(testbed.get(name)));
  testbed.isolate('carol');
  testbed.get('carol').renew();
  testbed.get('alice').put({ type: 'record', signed: testbed.get('carol').record });
  const { log } = testbed.member('alice');
  const head = log.position;
  const signed = [stolen, ...votes].map((device) => {
    return device.statement(testbed.group, 'vote', { term: 1, candidate: 'bob', head });
  });
  const takeover = testbed.entry({ do: 'takeover', votes: signed }, { on: 'alice', by: 'bob', term: 1 });
  testbed.offer('alice', 'bob', [takeover], head.index + 1);
  assert.equal(testbed.member('alice').log.head.leader, 'alice');
  // Members who do not know of the new device follow it.
  assert.equal(log.prefix(head.index).append(takeover), null);
});

test('[GROUP-49] a member that comes back follows a long log in which replaced devices signed', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('dave');
  const { policy } = testbed.member('alice').log.head;
  for (let nth = 0; nth < 2 * LIMITS.groupEntriesPerFrame; nth += 1)
    testbed.get('alice').execute({ type: 'policy', policy });
  testbed.settle();
  testbed.renew('alice');
  testbed.advance(SILENCE_MS * 2);
  assert.equal(testbed.member('bob').log.head.entry.op.do, 'devices');
  // Dave hears of the new device before he gets the entries of the old one.
  testbed.get('dave').put({ type: 'record', signed: testbed.get('alice').record });
  testbed.reconnect('dave');
  testbed.advance(SILENCE_MS * 2);
  assert.equal(testbed.member('dave').log.head.id, testbed.member('alice').log.head.id);
});

test('[GROUP-22] [GROUP-49] a removed member learns of its removal by a device that was replaced afterwards', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('dave');
  testbed.get('alice').execute({ type: 'remove', user: 'dave' });
  testbed.letters.length = 0; // dave hears of the new device before the letter with the removal
  testbed.settle();
  const removal = testbed.member('alice').log.position.index;
  testbed.renew('alice');
  testbed.advance(SILENCE_MS * 2);
  testbed.get('alice').execute({ type: 'policy', policy: testbed.member('alice').log.head.policy });
  testbed.get('dave').put({ type: 'record', signed: testbed.get('alice').record });
  testbed.connect('dave', 'bob');
  testbed.advance(SILENCE_MS * 2);
  const { me, log } = testbed.member('dave');
  assert.equal(me, null);
  // He gets nothing beyond the takeover that confirms the removal.
  assert.deepEqual(opsOf(testbed, 'dave').slice(removal), ['remove', 'takeover']);
  assert.equal(log.head.entry.op.do, 'takeover');
});

test('[GROUP-58] messages of a replaced device wait for an entry that limits them, and not longer', () => {
  const seenAfter = (limit: (testbed: GroupTestbed) => void): string[] => {
    const testbed = GroupTestbed.of(NAMES);
    testbed.isolate('bob');
    testbed.broadcast('carol', 'on the old device');
    testbed.settle();
    limit(testbed);
    testbed.advance(SILENCE_MS / 2);
    testbed.isolate('carol');
    testbed.get('carol').renew();
    testbed.get('bob').put({ type: 'record', signed: testbed.get('carol').record });
    testbed.connect('alice', 'bob');
    return testbed.visibleTo('bob');
  };
  const seen = ['on the old device'];
  assert.deepEqual(
    seenAfter(() => undefined),
    [],
  );
  assert.deepEqual(
    seenAfter((testbed) => testbed.get('alice').execute({ type: 'remove', user: 'carol' })),
    seen,
  );
  assert.deepEqual(
    seenAfter((testbed) => testbed.get('carol').execute({ type: 'leave', byVote: false })),
    seen,
  );
  // An earlier replacement has set the cut.
  assert.deepEqual(
    seenAfter((testbed) => testbed.renew('carol')),
    seen,
  );
});

test('[GROUP-57] messages of a device that no entry names come with the record that lists it', () => {
  const testbed = new GroupTestbed([...NAMES, 'erin']);
  for (const name of NAMES.slice(1)) testbed.add(name);
  testbed.isolate('alice');
  for (const text of ['first device', 'second device', 'third device']) {
    testbed.broadcast('alice', text);
    testbed.get('alice').renew();
  }
  testbed.reconnect('alice');
  testbed.advance(SILENCE_MS);
  assert.deepEqual(opsOf(testbed, 'bob').slice(-2), ['takeover', 'devices']);
  const seen = ['first device', 'second device', 'third device'];
  for (const name of NAMES) assert.deepEqual(testbed.visibleTo(name), seen);
  // A later member gets them from a member that did not write them.
  const { record } = testbed.get('erin');
  testbed.get('alice').execute({ type: 'add', user: 'erin', record, consent: testbed.consentOf('erin') });
  testbed.settle();
  testbed.connect('bob', 'erin');
  testbed.advance(SILENCE_MS);
  assert.deepEqual(testbed.visibleTo('erin'), seen);
});

test('[GROUP-50] a leader with a new device is elected again before it writes', () => {
  const testbed = GroupTestbed.of(NAMES);
  const { term } = testbed.member('alice').log;
  const stolen = stealFrom(testbed, 'alice');
  testbed.advance(SILENCE_MS / 2);
  const { log } = testbed.member('bob');
  assert.deepEqual(opsOf(testbed, 'bob').slice(-2), ['takeover', 'devices']);
  assert.ok(log.head.leader === 'alice' && log.term > term);
  testbed.get('alice').execute({ type: 'remove', user: 'dave' });
  testbed.settle();
  assert.ok(!testbed.member('bob').log.members.has('dave'));
  const removal = stolen.entry(testbed.member('bob').log, { do: 'remove', user: 'carol', cut: [] });
  testbed.offer('bob', 'carol', [removal]);
  assert.ok(testbed.member('bob').log.members.has('carol'));
});

test('[GROUP-50] a leader with a new device keeps the lead, although its campaign began before its links', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('alice');
  testbed.get('alice').renew();
  testbed.advance(1); // it campaigns, and promises a term that the peers learn with the first sync
  testbed.connect('alice', 'bob');
  testbed.advance(1); // bob tells the others of that term
  testbed.reconnect('alice');
  testbed.advance(SILENCE_MS / 2);
  assert.deepEqual(opsOf(testbed, 'dave').slice(-2), ['takeover', 'devices']);
  assert.equal(testbed.member('dave').log.head.leader, 'alice');
});

test('[GROUP-50] a campaign of a leader goes on when a peer repeats the heartbeat of its old device', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.advance(SILENCE_MS / 2);
  testbed.isolate('alice');
  const heartbeat = heartbeatOf(testbed, 'alice');
  const alice = testbed.get('alice');
  alice.device = fakeKey('second device of alice'); // its record does not list it yet
  testbed.restart('alice');
  testbed.advance(1);
  alice.receive('bob', [{ type: 'statement', statement: 'heartbeat', signed: heartbeat }]);
  testbed.connect('alice', 'bob');
  assert.equal(testbed.member('bob').memory.vote?.candidate, 'alice');
});

test('[GROUP-16] a member that has promised a term votes in it once', () => {
  const testbed = GroupTestbed.of(NAMES);
  for (const name of NAMES) testbed.isolate(name);
  testbed.advance(SILENCE_MS * 4);
  const carol = testbed.get('carol');
  const term = testbed.member('carol').memory.promised;
  const head = testbed.member('carol').log.position;
  assert.equal(testbed.member('carol').memory.vote?.candidate, 'carol');
  carol.receive('bob', [{ type: 'vote_request', term, head }]);
  assert.equal(testbed.member('carol').memory.vote?.candidate, 'carol');
  carol.receive('bob', [{ type: 'vote_request', term: term + 1, head }]);
  assert.deepEqual(testbed.member('carol').memory.vote, { term: term + 1, candidate: 'bob', head });
  carol.receive('dave', [{ type: 'vote_request', term: term + 1, head }]);
  assert.equal(testbed.member('carol').memory.vote?.candidate, 'bob');
});

test('[GROUP-50] another device of the leader cannot write in its term', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.get('alice').renew();
  testbed.get('bob').put({ type: 'record', signed: testbed.get('alice').record });
  const entry = testbed.entry({ do: 'remove', user: 'carol', cut: [] }, { on: 'bob', by: 'alice' });
  const { log } = testbed.member('bob');
  assert.equal(log.prefix(log.position.index).append(entry), 'another device began the term');
});

/** A heartbeat of the device that a leader has now. */
function heartbeatOf(testbed: GroupTestbed, by: string): Signed {
  const { device } = testbed.get(by);
  const { term } = testbed.member(by).log;
  const heartbeat = { group: testbed.group, by, device: device.publicKey, term, at: testbed.now() };
  return signObject('heartbeat', heartbeat, device, fakePrimitives);
}
