// Who leads when the leader is silent, gone, or wants somebody else to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { SILENCE_MS, GroupTestbed } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];

test('[GROUP-14] a leader that is heard through somebody else is not silent', () => {
  const village = GroupTestbed.of(NAMES);
  village.cut('alice', 'dave');
  village.cut('alice', 'erin');
  village.advance(SILENCE_MS * 4);
  for (const name of NAMES) assert.equal(village.member(name).log.head.leader, 'alice');
});

test('[GROUP-15] the first deputy leads after one period of silence, the second after two', () => {
  const village = GroupTestbed.of(NAMES);
  village.isolate('alice');
  village.advance(SILENCE_MS * 1.5);
  assert.equal(village.member('carol').log.head.leader, 'bob');
  const other = GroupTestbed.of(NAMES, { deputies: ['dave', 'carol'] });
  other.isolate('alice');
  other.isolate('dave');
  other.advance(SILENCE_MS * 1.5);
  assert.equal(other.member('erin').log.head.leader, 'alice');
  other.advance(SILENCE_MS);
  assert.equal(other.member('erin').log.head.leader, 'carol');
});

test('[GROUP-16] a restart forgets no vote', () => {
  const village = GroupTestbed.of(NAMES);
  village.isolate('alice');
  village.isolate('bob');
  village.advance(SILENCE_MS * 1.2);
  const { vote } = village.member('bob').memory;
  assert.equal(vote?.candidate, 'bob');
  village.restart('bob');
  assert.deepEqual(village.member('bob').memory.vote?.term, vote?.term);
});

test('[GROUP-16] a vote that was given is given again for the same place, and for no other', () => {
  const village = GroupTestbed.of(NAMES);
  for (const name of ['alice', 'dave', 'erin']) village.isolate(name); // two of five elect nobody
  village.advance(SILENCE_MS + 100);
  assert.equal(village.member('carol').memory.vote?.candidate, 'bob');
  const { position: place } = village.member('carol').log;
  const asks = (index: number): number => {
    village
      .get('carol')
      .receive('bob', [
        { type: 'vote_request', term: village.member('carol').memory.promised, head: { ...place, index } },
      ]);
    const said = village.effectsOf('carol', 'send');
    return said.filter(({ body: word }) => word.type === 'statement' && word.statement === 'vote').length;
  };
  const before = asks(place.index);
  assert.equal(asks(place.index + 7), before, 'it was not for that');
  assert.equal(asks(place.index), before + 1);
});

test('[GROUP-17] [GROUP-21] a leader that has left is followed at once', () => {
  const village = GroupTestbed.of(NAMES);
  village.get('alice').execute({ type: 'leave', byVote: false });
  assert.equal(village.effectsOf('alice', 'refused').at(-1)?.refusal.code, 'LEADER_LEAVES');
  village.get('alice').execute({ type: 'leave', byVote: true });
  village.settle();
  village.advance(SILENCE_MS / 2);
  const { log: chain } = village.member('carol');
  assert.equal(chain.head.leader, 'bob');
  assert.ok(!chain.members.has('alice'));
  assert.deepEqual(village.effectsOf('alice', 'ended'), [{ type: 'ended', why: 'left' }]);
});

test('[GROUP-18] a leader hands over without anybody waiting', () => {
  const village = GroupTestbed.of(NAMES);
  village.get('alice').execute({ type: 'transfer', user: 'dave' });
  village.settle();
  for (const name of NAMES) assert.equal(village.member(name).log.head.leader, 'dave');
  const pair = GroupTestbed.of(['alice', 'bob']);
  pair.get('alice').execute({ type: 'transfer', user: 'bob' });
  pair.settle();
  assert.equal(pair.member('alice').log.head.leader, 'bob');
});

test('[GROUP-19] a leader whose members have promised a later term is elected anew', () => {
  const village = GroupTestbed.of(['alice', 'bob', 'carol']);
  village.isolate('alice');
  village.advance(SILENCE_MS - 100);
  village.isolate('carol');
  village.advance(SILENCE_MS);
  assert.equal(village.member('bob').memory.promised, 1);
  for (const name of ['alice', 'bob', 'carol']) village.reconnect(name);
  village.get('alice').execute({ type: 'remove', user: 'carol' });
  village.advance(SILENCE_MS * 4);
  const { log: chain } = village.member('alice');
  assert.equal(village.member('bob').log.head.id, chain.head.id);
  assert.ok(chain.term > village.member('bob').memory.promised - 1);
  assert.equal(chain.ratified, chain.position.index);
});

test('[GROUP-19] somebody who claims ever later terms does not make a leader sign without end', () => {
  const village = GroupTestbed.of(NAMES);
  for (const name of NAMES.filter((other) => other !== 'bob')) village.isolate(name);
  village.get('alice').execute({ type: 'remove', user: 'carol' });
  const { log: chain } = village.member('alice');
  const sync = (promised: number) => ({
    type: 'sync' as const,
    head: chain.position,
    ratified: 0,
    promised,
    have: [],
    heartbeat: null,
    adopted: null,
    orphans: [],
    isAnswer: true,
  });
  village.connect('alice', 'bob'); // two of five confirm nothing
  assert.ok(chain.ratified < chain.position.index);
  const asked = () =>
    village.effectsOf('alice', 'send').filter(({ body: word }) => word.type === 'vote_request').length;
  const before = asked();
  for (let term = 2; term < 200; term += 1) village.get('alice').receive('bob', [sync(term)]);
  const times = asked() - before;
  assert.ok(times > 0 && times <= LIMITS.groupCampaignsPerSilence * NAMES.length, `asked ${times} times`);
});

test('[GROUP-20] a leader that comes back follows the next one', () => {
  const village = GroupTestbed.of(NAMES);
  village.isolate('alice');
  village.advance(SILENCE_MS * 2);
  assert.equal(village.member('alice').isLeader, true);
  village.reconnect('alice');
  village.advance(SILENCE_MS);
  assert.equal(village.member('alice').log.head.leader, 'bob');
});

test('[GROUP-13] a removal that a takeover orphaned is repeated by the new leader', () => {
  const village = GroupTestbed.of(NAMES);
  for (const name of ['carol', 'dave']) village.cut('alice', name);
  village.cut('alice', 'bob');
  village.get('alice').execute({ type: 'remove', user: 'dave' });
  village.letters.length = 0; // dave does not hear of it
  village.settle();
  village.isolate('alice');
  village.cut('erin', 'bob');
  village.cut('erin', 'carol');
  village.cut('erin', 'dave');
  assert.equal(village.member('erin').isPeer('dave'), false);
  village.advance(SILENCE_MS * 2);
  assert.equal(village.member('bob').isLeader, true);
  village.reconnect('erin');
  village.advance(SILENCE_MS * 2);
  assert.equal(village.member('erin').isPeer('dave'), false);
  assert.ok(!village.member('bob').log.members.has('dave'));
});
