// Elections: after a silence of the leader, after it left or equivocated, and after a transfer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntryOp } from '../../../../protocols/groups/entry.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { Signed } from '../../../../protocols/kit/signed.js';
import { identityOf } from '../../../sim/groups/member-process.js';
import { GroupTestbed, SILENCE_MS } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];

test('[GROUP-14] a heartbeat that another member passes on counts', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.cut('alice', 'dave');
  testbed.cut('alice', 'erin');
  testbed.advance(SILENCE_MS * 4);
  for (const name of NAMES) assert.equal(testbed.member(name).log.head.leader, 'alice');
});

test('[GROUP-15] the first deputy leads after one silence period, the second after two', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('alice');
  testbed.advance(SILENCE_MS * 1.5);
  assert.equal(testbed.member('carol').log.head.leader, 'bob');
  const other = GroupTestbed.of(NAMES, { deputies: ['dave', 'carol'] });
  other.isolate('alice');
  other.isolate('dave');
  other.advance(SILENCE_MS * 1.5);
  assert.equal(other.member('erin').log.head.leader, 'alice');
  other.advance(SILENCE_MS);
  assert.equal(other.member('erin').log.head.leader, 'carol');
});

test('[GROUP-16] a restarted member remembers its vote', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('alice');
  testbed.isolate('bob');
  testbed.advance(SILENCE_MS * 1.2);
  const { vote } = testbed.member('bob').memory;
  assert.equal(vote?.candidate, 'bob');
  testbed.restart('bob');
  assert.deepEqual(testbed.member('bob').memory.vote?.term, vote?.term);
});

test('[GROUP-16] a member repeats its vote for the same head, and for no other', () => {
  const testbed = GroupTestbed.of(NAMES);
  for (const name of ['alice', 'dave', 'erin']) testbed.isolate(name); // two of five are no quorum
  testbed.advance(SILENCE_MS + 100);
  assert.equal(testbed.member('carol').memory.vote?.candidate, 'bob');
  const { position: place } = testbed.member('carol').log;
  const votesAfterRequest = (index: number): number => {
    testbed
      .get('carol')
      .receive('bob', [
        { type: 'vote_request', term: testbed.member('carol').memory.promised, head: { ...place, index } },
      ]);
    const sent = testbed.effectsOf('carol', 'send');
    return sent.filter(({ body }) => body.type === 'statement' && body.statement === 'vote').length;
  };
  const before = votesAfterRequest(place.index);
  assert.equal(votesAfterRequest(place.index + 7), before, 'the vote was for another head');
  assert.equal(votesAfterRequest(place.index), before + 1);
});

/**
 * Alice signs two entries for one index. Bob ratifies the first together with her. Carol gets only the second, and
 * `more` entries on top of it. Then alice is gone. The result is the payload of the ratified entry.
 */
function equivocateAfterRatification(testbed: GroupTestbed, more: number): string {
  const policy = (deputies: string[]): EntryOp => {
    return { do: 'policy', policy: { deputies, history: 'all', join: 'ask' } };
  };
  const [first, second] = [['bob'], ['carol']].map((deputies) => {
    return testbed.entry(policy(deputies), { on: 'alice', by: 'alice' });
  }) as [Signed, Signed];
  testbed.cut('bob', 'carol');
  testbed.cut('alice', 'carol');
  testbed.offer('alice', 'bob', [first]);
  testbed.offer('bob', 'alice', [first]);
  testbed.offer('carol', 'alice', [second]);
  for (let nth = 0; nth < more; nth += 1) {
    testbed.offer('carol', 'alice', [testbed.entry(policy([]), { on: 'carol', by: 'alice' })]);
  }
  const [bob, carol] = [testbed.member('bob').log, testbed.member('carol').log];
  assert.equal(bob.ratified, bob.position.index);
  assert.ok(carol.ratified < bob.ratified);
  testbed.isolate('alice');
  return first.payload;
}

function assertFollows(testbed: GroupTestbed, index: number, ratified: string): void {
  for (const name of ['bob', 'carol']) {
    const { log } = testbed.member(name);
    assert.equal(log.at(index)?.signed.payload, ratified);
    assert.ok(log.term > 0 && log.ratified === log.position.index, `${name} has a new leader`);
  }
}

test('[GROUP-39] a member does not vote for a head that contradicts its ratified entry, so the group goes on', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol']);
  const ratified = equivocateAfterRatification(testbed, 0);
  const { index } = testbed.member('bob').log.position;
  testbed.advance(SILENCE_MS * 3);
  const head = testbed.member('carol').log.position;
  assert.equal(head.index, index);
  testbed.get('bob').receive('carol', [{ type: 'vote_request', term: 50, head }]);
  assert.notEqual(testbed.member('bob').memory.vote?.candidate, 'carol');
  testbed.connect('bob', 'carol');
  testbed.advance(SILENCE_MS * 8);
  assertFollows(testbed, index, ratified);
});

test('[GROUP-40] a member leaves a longer log of the same term for one that proves a ratified entry', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol']);
  const ratified = equivocateAfterRatification(testbed, 2);
  const { index } = testbed.member('bob').log.position;
  testbed.connect('bob', 'carol');
  testbed.advance(SILENCE_MS * 8);
  assertFollows(testbed, index, ratified);
});

test('[GROUP-17] [GROUP-21] after the leader left, the first deputy is elected at once', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.get('alice').execute({ type: 'leave', byVote: false });
  assert.equal(testbed.effectsOf('alice', 'refused').at(-1)?.refusal.code, 'LEADER_LEAVES');
  testbed.get('alice').execute({ type: 'leave', byVote: true });
  testbed.settle();
  testbed.advance(SILENCE_MS / 2);
  const { log } = testbed.member('carol');
  assert.equal(log.head.leader, 'bob');
  assert.ok(!log.members.has('alice'));
  assert.deepEqual(testbed.effectsOf('alice', 'ended'), [{ type: 'ended', why: 'left' }]);
});

test('[GROUP-18] a transfer makes the next leader without a silence period', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.get('alice').execute({ type: 'transfer', user: 'dave' });
  testbed.settle();
  for (const name of NAMES) assert.equal(testbed.member(name).log.head.leader, 'dave');
  const pair = GroupTestbed.of(['alice', 'bob']);
  pair.get('alice').execute({ type: 'transfer', user: 'bob' });
  pair.settle();
  assert.equal(pair.member('alice').log.head.leader, 'bob');
});

test('[GROUP-18] a transfer without a link arrives by letter, before the vote', () => {
  const testbed = GroupTestbed.of(['alice', 'bob']);
  testbed.cut('alice', 'bob');
  testbed.get('alice').execute({ type: 'transfer', user: 'bob' });
  testbed.settle();
  assert.equal(testbed.member('bob').log.head.leader, 'bob');
});

test('[GROUP-18] a transfer that was lost with its link is repeated on the next one', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol']);
  testbed.isolate('bob');
  testbed.get('alice').execute({ type: 'transfer', user: 'bob' });
  testbed.letters.length = 0;
  testbed.settle();
  assert.equal(testbed.member('bob').memory.transfer, null);
  testbed.reconnect('bob');
  for (const name of ['alice', 'bob', 'carol']) assert.equal(testbed.member(name).log.head.leader, 'bob');
});

test('[GROUP-18] a leader that leads again after a transfer tells its user', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol']);
  testbed.isolate('bob');
  testbed.get('alice').execute({ type: 'transfer', user: 'bob' });
  testbed.letters.length = 0;
  testbed.advance(SILENCE_MS * 3);
  assert.equal(testbed.member('alice').log.head.leader, 'alice');
  const warning = { type: 'warn', code: 'TRANSFER_FAILED', text: 'bob' };
  assert.deepEqual(testbed.effectsOf('alice', 'warn'), [warning]);
  assert.deepEqual(testbed.effectsOf('carol', 'warn'), []);
});

test('[GROUP-19] a leader whose members promised a later term is elected for a still later one', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol']);
  testbed.isolate('alice');
  testbed.advance(SILENCE_MS - 100);
  testbed.isolate('carol');
  testbed.advance(SILENCE_MS);
  assert.equal(testbed.member('bob').memory.promised, 1);
  for (const name of ['alice', 'bob', 'carol']) testbed.reconnect(name);
  testbed.get('alice').execute({ type: 'remove', user: 'carol' });
  testbed.advance(SILENCE_MS * 4);
  const { log } = testbed.member('alice');
  assert.equal(testbed.member('bob').log.head.id, log.head.id);
  assert.ok(log.term > testbed.member('bob').memory.promised - 1);
  assert.equal(log.ratified, log.position.index);
});

test('[GROUP-19] a leader with pending entries learns the term of a candidate with a worse head', () => {
  const testbed = GroupTestbed.of(NAMES);
  for (const name of NAMES) testbed.isolate(name);
  const head = testbed.member('bob').log.position;
  testbed.get('alice').execute({ type: 'remove', user: 'carol' });
  const term = testbed.member('alice').log.term + 5;
  testbed.get('alice').receive('bob', [{ type: 'vote_request', term, head }]);
  assert.deepEqual(testbed.member('alice').memory.vote?.term, term + 1);
});

test('[GROUP-19] a peer that claims ever later terms causes a limited number of campaigns', () => {
  const testbed = GroupTestbed.of(NAMES);
  for (const name of NAMES.filter((other) => other !== 'bob')) testbed.isolate(name);
  testbed.get('alice').execute({ type: 'remove', user: 'carol' });
  const { log } = testbed.member('alice');
  const sync = (promised: number) => ({
    type: 'sync' as const,
    head: log.position,
    ratified: 0,
    promised,
    have: [],
    heartbeat: null,
    adopted: null,
    orphans: [],
    newerRecords: [],
    isAnswer: true,
  });
  testbed.connect('alice', 'bob'); // two of five are no quorum
  assert.ok(log.ratified < log.position.index);
  const requests = () => testbed.effectsOf('alice', 'send').filter(({ body }) => body.type === 'vote_request').length;
  const before = requests();
  for (let term = 2; term < 200; term += 1) testbed.get('alice').receive('bob', [sync(term)]);
  const times = requests() - before;
  assert.ok(times > 0 && times <= LIMITS.groupCampaignsPerSilence * NAMES.length, `${times} vote requests`);
});

test('[GROUP-20] a leader that comes back follows its successor', () => {
  const testbed = GroupTestbed.of(NAMES);
  testbed.isolate('alice');
  testbed.advance(SILENCE_MS * 2);
  assert.equal(testbed.member('alice').isLeader, true);
  testbed.reconnect('alice');
  testbed.advance(SILENCE_MS);
  assert.equal(testbed.member('alice').log.head.leader, 'bob');
});

test('[GROUP-42] a new leader does not repeat an orphaned add under a key that it has not pinned', () => {
  const testbed = new GroupTestbed([...NAMES, 'frank']);
  for (const name of ['bob', 'carol', 'dave', 'frank']) testbed.add(name);
  // Alice adds erin while only dave hears her. Bob knows erin under another key.
  for (const name of ['bob', 'carol', 'frank']) {
    testbed.cut('alice', name);
    testbed.cut('dave', name);
  }
  testbed.pins = (member, user) => identityOf(member === 'bob' && user === 'erin' ? 'another erin' : user);
  const { record } = testbed.get('erin');
  testbed.get('alice').execute({ type: 'add', user: 'erin', record, consent: testbed.consentOf('erin') });
  testbed.settle();
  assert.ok(testbed.member('dave').log.members.has('erin'));
  testbed.isolate('alice');
  testbed.isolate('erin');
  testbed.advance(SILENCE_MS * 2);
  testbed.connect('bob', 'dave');
  testbed.advance(SILENCE_MS * 2);
  assert.equal(testbed.member('dave').log.head.leader, 'bob');
  assert.ok(!testbed.member('dave').log.members.has('erin'));
});

test('[GROUP-13] the new leader repeats a removal that its takeover orphaned', () => {
  const testbed = GroupTestbed.of(NAMES);
  for (const name of ['carol', 'dave']) testbed.cut('alice', name);
  testbed.cut('alice', 'bob');
  testbed.get('alice').execute({ type: 'remove', user: 'dave' });
  testbed.letters.length = 0; // dave does not learn of it
  testbed.settle();
  testbed.isolate('alice');
  testbed.cut('erin', 'bob');
  testbed.cut('erin', 'carol');
  testbed.cut('erin', 'dave');
  assert.equal(testbed.member('erin').isPeer('dave'), false);
  testbed.advance(SILENCE_MS * 2);
  assert.equal(testbed.member('bob').isLeader, true);
  testbed.reconnect('erin');
  testbed.advance(SILENCE_MS * 2);
  assert.equal(testbed.member('erin').isPeer('dave'), false);
  assert.ok(!testbed.member('bob').log.members.has('dave'));
});
