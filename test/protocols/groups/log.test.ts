// The log of a group: what stands in it, what does not, and what is ratified.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { batches, wordsOf } from '../../../protocols/groups/log/batches.js';
import { placeOf } from '../../../protocols/groups/log/step.js';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { signObject } from '../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { SILENCE_MS, Village } from './village.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

/** Where somebody's row ends. */
function head(village: Village, name: string): number {
  return village.member(name).chain.place.index;
}

test('[GROUP-1] an entry out of the row, or not signed by the leader, changes nothing', () => {
  const village = Village.of(NAMES);
  const removal = { do: 'remove' as const, user: 'carol', cut: [] };
  const before = head(village, 'bob');
  village.show('bob', 'dave', [village.entry(removal, { on: 'bob', by: 'dave' })]);
  const genuine = village.entry(removal, { on: 'bob', by: 'alice' });
  village.show('bob', 'dave', [{ ...genuine, signature: village.entry(removal, { on: 'bob', by: 'dave' }).signature }]);
  village.show('bob', 'dave', [genuine], before + 2);
  assert.equal(head(village, 'bob'), before);
  village.show('bob', 'dave', [genuine]);
  assert.equal(head(village, 'bob'), before + 1);
});

test('[GROUP-2] a consent for another group, by another device, or from before a removal lets nobody in', () => {
  const village = new Village(NAMES);
  village.add('bob');
  const { record } = village.get('carol');
  const refused = (consent: ReturnType<Village['consentOf']>) => {
    village.get('alice').act({ do: 'add', user: 'carol', record, consent });
    return village.told('alice', 'refused').at(-1)?.refusal.about;
  };
  assert.equal(refused(village.consentOf('carol', 'alice', { group: 'B'.repeat(21) + 'A' })), 'lake: without consent');
  assert.equal(refused(village.consentOf('bob')), 'lake: without consent');
  assert.equal(
    refused(village.consentOf('carol', 'alice', { head: { index: 0, hash: 'B'.repeat(21) + 'A' } })),
    'lake: consent to another row',
  );
  const early = village.consentOf('carol');
  village.add('carol');
  village.get('alice').act({ do: 'remove', user: 'carol' });
  assert.equal(refused(early), 'lake: consent is void');
});

test('[GROUP-3] a takeover without votes, or by a stranger, is none', () => {
  const village = Village.of(NAMES);
  const { chain } = village.member('bob');
  const vote = (by: string) => {
    const { device } = village.get(by);
    const said = {
      group: village.group,
      by,
      device: device.publicKey,
      term: 1,
      candidate: 'dave',
      head: chain.place,
    };
    return signObject('vote', said, device, fakePrimitives);
  };
  const alone = village.entry({ do: 'takeover', votes: [vote('dave')] }, { on: 'bob', by: 'dave', term: 1 });
  village.show('bob', 'dave', [alone]);
  assert.equal(village.member('bob').chain.head.leader, 'alice');
  const votes = ['bob', 'carol', 'dave'].map(vote);
  village.show('bob', 'dave', [village.entry({ do: 'takeover', votes }, { on: 'bob', by: 'dave', term: 1 })]);
  assert.equal(village.member('bob').chain.head.leader, 'dave');
});

test('[GROUP-8] [GROUP-16] a vote is for a whole place: one got by a claim to a longer row elects nobody', () => {
  const village = Village.of(NAMES);
  const { chain } = village.member('bob');
  const vote = (by: string, index: number) => {
    const { device } = village.get(by);
    const said = { group: village.group, by, device: device.publicKey, term: 1, candidate: 'dave' };
    return signObject('vote', { ...said, head: { ...chain.place, index } }, device, fakePrimitives);
  };
  const takeover = (index: number) => {
    const votes = ['bob', 'carol', 'dave'].map((by) => vote(by, index));
    return village.entry({ do: 'takeover', votes }, { on: 'bob', by: 'dave', term: 1 });
  };
  village.show('bob', 'dave', [takeover(chain.place.index + 5)]);
  assert.equal(village.member('bob').chain.head.leader, 'alice');
  village.show('bob', 'dave', [takeover(chain.place.index)]);
  assert.equal(village.member('bob').chain.head.leader, 'dave');
});

test('[GROUP-4] a group takes 256 members and a thousand entries that nobody confirms', () => {
  const village = new Village(['alice']);
  const alice = village.get('alice');
  for (let nth = 1; nth <= LIMITS.groupMembersMax; nth += 1) {
    const device = fakeKey(`device ${nth}`);
    const identity = fakeKey(`identity ${nth}`);
    const devices = [{ device: device.publicKey, exchange: device.publicKey, since: 0 }];
    const user = `user${nth}`;
    const papers = { name: user, version: 1, key: identity.publicKey, devices, previous: null, at: 0 };
    const { index, hash } = village.member('alice').chain.place;
    const said = {
      group: village.group,
      by: user,
      device: device.publicKey,
      head: { index, hash },
      nonce: 'A'.repeat(22),
      at: 1,
    };
    const record = signObject('record', papers, identity, fakePrimitives);
    alice.act({ do: 'add', user, record, consent: signObject('consent', said, device, fakePrimitives) });
    village.letters.length = 0;
  }
  assert.equal(village.member('alice').chain.members.size, LIMITS.groupMembersMax);
  assert.equal(village.told('alice', 'refused').at(-1)?.refusal.code, 'GROUP_FULL');
  const policy = village.member('alice').chain.head.policy;
  for (let nth = 0; nth < LIMITS.groupUnratifiedMax; nth += 1) alice.act({ do: 'policy', policy });
  const { chain } = village.member('alice');
  assert.equal(chain.place.index - chain.ratified, LIMITS.groupUnratifiedMax);
  assert.equal(village.told('alice', 'refused').at(-1)?.refusal.code, 'GROUP_UNSETTLED');
});

test('[GROUP-5] a new device counts once a record under the same key lists it', () => {
  const village = Village.of(NAMES);
  const device = fakeKey('new device of alice');
  const devices = [{ device: device.publicKey, exchange: device.publicKey, since: 0 }];
  const record = (identity: string) => {
    const key = fakeKey(identity);
    const papers = { name: 'alice', version: 2, key: key.publicKey, devices, previous: null, at: 0 };
    return signObject('record', papers, key, fakePrimitives);
  };
  const { chain } = village.member('bob');
  const entry = JSON.parse(
    village.entry({ do: 'remove', user: 'dave', cut: [] }, { on: 'bob', by: 'alice' }).payload,
  ) as object;
  const signed = signObject('group', { ...entry, device: device.publicKey }, device, fakePrimitives);
  const before = chain.place.index;
  village.get('bob').put({ kind: 'record', signed: record('identity of somebody else') });
  village.show('bob', 'carol', [signed]);
  assert.equal(head(village, 'bob'), before);
  village.get('bob').put({ kind: 'record', signed: record('identity of alice') });
  village.show('bob', 'carol', [signed]);
  assert.equal(head(village, 'bob'), before + 1);
});

test('[GROUP-5] of one member so many devices are remembered, and no record beyond them is kept', () => {
  const village = Village.of(NAMES);
  const key = fakeKey('identity of alice');
  for (let version = 2; version < LIMITS.groupDevicesPerUser + 20; version += 1) {
    const device = fakeKey(`device ${version} of alice`).publicKey;
    const papers = { name: 'alice', version, key: key.publicKey, previous: null, at: 0 };
    const devices = [{ device, exchange: device, since: 0 }];
    village
      .get('bob')
      .put({ kind: 'record', signed: signObject('record', { ...papers, devices }, key, fakePrimitives) });
  }
  const { roster } = village.member('bob').chain;
  assert.equal(roster.all().length, NAMES.length + LIMITS.groupDevicesPerUser - 1);
  assert.ok(roster.owns('alice', key.publicKey, fakeKey('device 2 of alice').publicKey));
});

test('[GROUP-32] however many records somebody has, who is behind gets entries', () => {
  const village = Village.of(NAMES);
  const records = Array.from({ length: 200 }, () => ({ payload: ' '.repeat(16_000), signature: 'A'.repeat(86) }));
  const words = batches(village.member('bob').chain, 1, [], { records });
  assert.ok(words.some(({ entries }) => entries.length > 0));
});

test('[GROUP-6] [GROUP-8] half of an old configuration is not enough, though it be most of the new one', () => {
  const village = Village.of(['alice', 'bob', 'carol', 'dave']);
  assert.equal(village.member('alice').chain.ratified, 3);
  for (const name of ['carol', 'dave']) village.isolate(name);
  village.get('alice').act({ do: 'remove', user: 'dave' });
  village.letters.length = 0; // else the removed would confirm it
  village.settle();
  const { chain } = village.member('alice');
  assert.deepEqual([chain.place.index, chain.ratified], [4, 3]);
  village.reunite('carol');
  village.pass(SILENCE_MS);
  assert.equal(village.member('alice').chain.ratified, 4);
});

test('[GROUP-7] who has voted in a later term signs nothing of this one', () => {
  const village = Village.of(NAMES);
  const { chain } = village.member('bob');
  village.isolate('alice');
  village.pass(SILENCE_MS - 200);
  village.isolate('carol');
  village.isolate('dave');
  village.pass(400);
  assert.equal(village.member('bob').memory.vote?.term, 1);
  const sent = village.told('bob', 'send').length;
  village.show('bob', 'carol', [village.entry({ do: 'remove', user: 'dave', cut: [] }, { on: 'alice', by: 'alice' })]);
  assert.equal(village.member('bob').chain.place.index, chain.place.index + 1);
  const signed = village.told('bob', 'send').slice(sent);
  assert.deepEqual(
    signed.filter(({ word }) => word.says === 'statement' && word.type === 'adopted'),
    [],
  );
});

test('[GROUP-9] who was away follows step by step, by the proofs of others', () => {
  const village = Village.of(NAMES);
  village.isolate('dave');
  village.get('alice').act({ do: 'remove', user: 'carol' });
  village.settle();
  village.isolate('alice');
  village.pass(SILENCE_MS * 2);
  village.letters.length = 0;
  assert.equal(village.member('dave').chain.head.leader, 'alice');
  village.join('dave', 'bob');
  village.pass(SILENCE_MS * 2);
  assert.equal(village.member('dave').chain.place.index, head(village, 'bob'));
  assert.equal(village.member('dave').chain.ratified, village.member('bob').chain.ratified);
});

test('[GROUP-12] two entries of one leader at one place prove a lie, and free the members to vote', () => {
  const village = Village.of(NAMES);
  const one = village.entry({ do: 'remove', user: 'carol', cut: [] }, { on: 'bob', by: 'alice' });
  const other = village.entry({ do: 'remove', user: 'dave', cut: [] }, { on: 'bob', by: 'alice' });
  village.isolate('alice');
  village.show('bob', 'alice', [one]);
  village.show('carol', 'alice', [other]);
  village.pass(SILENCE_MS);
  assert.deepEqual(village.member('bob').memory.lies, [0]);
  assert.deepEqual(
    village.told('carol', 'warn').map(({ code, text }) => [code, text]),
    [['GROUP_LIAR', 'alice']],
  );
  village.pass(SILENCE_MS);
  assert.notEqual(village.member('dave').chain.head.leader, 'alice');
});

test('[GROUP-32] however much there is to prove, each word fits a frame', () => {
  const signature = 'A'.repeat(86);
  const adopted = Array.from({ length: 200 }, () => ({ payload: '"'.repeat(300), signature }));
  const proofs = Array.from({ length: 60 }, (_, to) => ({ from: to, to: to + 1, adopted }));
  const words = wordsOf({ says: 'entries', from: 1, entries: [], proofs, records: [] });
  assert.equal(words.flatMap((word) => word.proofs).length, proofs.length);
  for (const word of words) assert.ok(byteLength(JSON.stringify(word)) < LIMITS.linkFrameBytes);
});

test('[GROUP-12] two entries by somebody who does not lead prove nothing against the leader', () => {
  const village = Village.of(NAMES);
  const one = village.entry({ do: 'remove', user: 'carol', cut: [] }, { on: 'bob', by: 'dave' });
  const other = village.entry({ do: 'remove', user: 'alice', cut: [] }, { on: 'bob', by: 'dave' });
  village.get('bob').hear('dave', [{ says: 'fork', entries: [one, other] }]);
  village.pass(SILENCE_MS * 2);
  assert.deepEqual(village.member('bob').memory.lies, []);
  assert.equal(village.member('carol').chain.head.leader, 'alice');
});

test('[GROUP-11] what contradicts the ratified is kept as evidence and never followed', () => {
  const village = Village.of(['alice', 'bob', 'carol']);
  const { chain } = village.member('bob');
  const fork = chain.ratified;
  const takeover = forgedTakeover(village, fork - 1);
  village.show('bob', 'carol', takeover, fork);
  const [warning] = village.told('bob', 'warn');
  assert.equal(warning?.code, 'GROUP_FORK');
  assert.equal(village.member('bob').chain.head.leader, 'alice');
  assert.equal(village.member('bob').memory.forks.length, 1);
});

/** A takeover below what is ratified, with the votes of all who were members then: possible only where many lied. */
function forgedTakeover(village: Village, below: number) {
  const { chain } = village.member('bob');
  const head = chain.at(below);
  if (!head) throw new Error('nothing is there');
  const vote = (by: string) => {
    const { device } = village.get(by);
    const said = { group: village.group, by, device: device.publicKey, term: 1, candidate: 'bob', head: placeOf(head) };
    return signObject('vote', said, device, fakePrimitives);
  };
  const votes = [...head.members.keys()].map(vote);
  const { device } = village.get('bob');
  const place = { group: village.group, index: below + 1, previous: head.id, term: 1 };
  const entry = { ...place, op: { do: 'takeover', votes }, at: 1, by: 'bob', device: device.publicKey };
  return [signObject('group', entry, device, fakePrimitives)];
}
