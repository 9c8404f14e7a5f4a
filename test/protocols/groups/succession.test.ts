// Who leads when the leader is silent, gone, or wants somebody else to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { SILENCE_MS, Village } from './village.js';

const NAMES = ['alice', 'bob', 'carol', 'dave', 'erin'];

test('[GROUP-14] a leader that is heard through somebody else is not silent', () => {
  const village = Village.of(NAMES);
  village.cut('alice', 'dave');
  village.cut('alice', 'erin');
  village.pass(SILENCE_MS * 4);
  for (const name of NAMES) assert.equal(village.member(name).chain.head.leader, 'alice');
});

test('[GROUP-15] the first deputy leads after one period of silence, the second after two', () => {
  const village = Village.of(NAMES);
  village.isolate('alice');
  village.pass(SILENCE_MS * 1.5);
  assert.equal(village.member('carol').chain.head.leader, 'bob');
  const other = Village.of(NAMES, { deputies: ['dave', 'carol'] });
  other.isolate('alice');
  other.isolate('dave');
  other.pass(SILENCE_MS * 1.5);
  assert.equal(other.member('erin').chain.head.leader, 'alice');
  other.pass(SILENCE_MS);
  assert.equal(other.member('erin').chain.head.leader, 'carol');
});

test('[GROUP-16] a restart forgets no vote', () => {
  const village = Village.of(NAMES);
  village.isolate('alice');
  village.isolate('bob');
  village.pass(SILENCE_MS * 1.2);
  const { vote } = village.member('bob').memory;
  assert.equal(vote?.candidate, 'bob');
  village.restart('bob');
  assert.deepEqual(village.member('bob').memory.vote?.term, vote?.term);
});

test('[GROUP-16] a vote that was given is given again for the same place, and for no other', () => {
  const village = Village.of(NAMES);
  for (const name of ['alice', 'dave', 'erin']) village.isolate(name); // two of five elect nobody
  village.pass(SILENCE_MS + 100);
  assert.equal(village.member('carol').memory.vote?.candidate, 'bob');
  const { place } = village.member('carol').chain;
  const asks = (index: number): number => {
    village
      .get('carol')
      .hear('bob', [{ says: 'vote_wanted', term: village.member('carol').memory.promised, head: { ...place, index } }]);
    const said = village.told('carol', 'send');
    return said.filter(({ word }) => word.says === 'statement' && word.type === 'vote').length;
  };
  const before = asks(place.index);
  assert.equal(asks(place.index + 7), before, 'it was not for that');
  assert.equal(asks(place.index), before + 1);
});

test('[GROUP-17] [GROUP-21] a leader that has left is followed at once', () => {
  const village = Village.of(NAMES);
  village.get('alice').act({ do: 'leave', byVote: false });
  assert.equal(village.told('alice', 'refused').at(-1)?.refusal.code, 'LEADER_LEAVES');
  village.get('alice').act({ do: 'leave', byVote: true });
  village.settle();
  village.pass(SILENCE_MS / 2);
  const { chain } = village.member('carol');
  assert.equal(chain.head.leader, 'bob');
  assert.ok(!chain.members.has('alice'));
  assert.deepEqual(village.told('alice', 'ended'), [{ kind: 'ended', why: 'left' }]);
});

test('[GROUP-18] a leader hands over without anybody waiting', () => {
  const village = Village.of(NAMES);
  village.get('alice').act({ do: 'transfer', user: 'dave' });
  village.settle();
  for (const name of NAMES) assert.equal(village.member(name).chain.head.leader, 'dave');
  const pair = Village.of(['alice', 'bob']);
  pair.get('alice').act({ do: 'transfer', user: 'bob' });
  pair.settle();
  assert.equal(pair.member('alice').chain.head.leader, 'bob');
});

test('[GROUP-19] a leader whose members have promised a later term is elected anew', () => {
  const village = Village.of(['alice', 'bob', 'carol']);
  village.isolate('alice');
  village.pass(SILENCE_MS - 100);
  village.isolate('carol');
  village.pass(SILENCE_MS);
  assert.equal(village.member('bob').memory.promised, 1);
  for (const name of ['alice', 'bob', 'carol']) village.reunite(name);
  village.get('alice').act({ do: 'remove', user: 'carol' });
  village.pass(SILENCE_MS * 4);
  const { chain } = village.member('alice');
  assert.equal(village.member('bob').chain.head.id, chain.head.id);
  assert.ok(chain.term > village.member('bob').memory.promised - 1);
  assert.equal(chain.ratified, chain.place.index);
});

test('[GROUP-19] somebody who claims ever later terms does not make a leader sign without end', () => {
  const village = Village.of(NAMES);
  for (const name of NAMES.filter((other) => other !== 'bob')) village.isolate(name);
  village.get('alice').act({ do: 'remove', user: 'carol' });
  const { chain } = village.member('alice');
  const sync = (promised: number) => ({
    says: 'sync' as const,
    head: chain.place,
    ratified: 0,
    promised,
    have: [],
    here: null,
    adopted: null,
    orphans: [],
    isAnswer: true,
  });
  village.join('alice', 'bob'); // two of five confirm nothing
  assert.ok(chain.ratified < chain.place.index);
  const asked = () => village.told('alice', 'send').filter(({ word }) => word.says === 'vote_wanted').length;
  const before = asked();
  for (let term = 2; term < 200; term += 1) village.get('alice').hear('bob', [sync(term)]);
  const times = asked() - before;
  assert.ok(times > 0 && times <= LIMITS.groupPromptings * NAMES.length, `asked ${times} times`);
});

test('[GROUP-20] a leader that comes back follows the next one', () => {
  const village = Village.of(NAMES);
  village.isolate('alice');
  village.pass(SILENCE_MS * 2);
  assert.equal(village.member('alice').isLeader, true);
  village.reunite('alice');
  village.pass(SILENCE_MS);
  assert.equal(village.member('alice').chain.head.leader, 'bob');
});

test('[GROUP-13] a removal that a takeover orphaned is repeated by the new leader', () => {
  const village = Village.of(NAMES);
  for (const name of ['carol', 'dave']) village.cut('alice', name);
  village.cut('alice', 'bob');
  village.get('alice').act({ do: 'remove', user: 'dave' });
  village.letters.length = 0; // dave does not hear of it
  village.settle();
  village.isolate('alice');
  village.cut('erin', 'bob');
  village.cut('erin', 'carol');
  village.cut('erin', 'dave');
  assert.equal(village.member('erin').isPeer('dave'), false);
  village.pass(SILENCE_MS * 2);
  assert.equal(village.member('bob').isLeader, true);
  village.reunite('erin');
  village.pass(SILENCE_MS * 2);
  assert.equal(village.member('erin').isPeer('dave'), false);
  assert.ok(!village.member('bob').chain.members.has('dave'));
});
