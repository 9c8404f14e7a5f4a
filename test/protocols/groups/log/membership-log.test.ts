// The log of a group: what stands in it, what does not, and what is ratified.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { batchEntries, splitProofs } from '../../../../protocols/groups/log/entry-batches.js';
import { positionOf } from '../../../../protocols/groups/log/applied-entry.js';
import { byteLength } from '../../../../protocols/kit/bytes.js';
import { signObject } from '../../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { SILENCE_MS, GroupTestbed } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

/** Where somebody's row ends. */
function head(village: GroupTestbed, name: string): number {
  return village.member(name).log.position.index;
}

test('[GROUP-1] an entry out of the row, or not signed by the leader, changes nothing', () => {
  const village = GroupTestbed.of(NAMES);
  const removal = { do: 'remove' as const, user: 'carol', cut: [] };
  const before = head(village, 'bob');
  village.offer('bob', 'dave', [village.entry(removal, { on: 'bob', by: 'dave' })]);
  const genuine = village.entry(removal, { on: 'bob', by: 'alice' });
  village.offer('bob', 'dave', [
    { ...genuine, signature: village.entry(removal, { on: 'bob', by: 'dave' }).signature },
  ]);
  village.offer('bob', 'dave', [genuine], before + 2);
  assert.equal(head(village, 'bob'), before);
  village.offer('bob', 'dave', [genuine]);
  assert.equal(head(village, 'bob'), before + 1);
});

test('[GROUP-2] a consent for another group, by another device, or from before a removal lets nobody in', () => {
  const village = new GroupTestbed(NAMES);
  village.add('bob');
  const { record } = village.get('carol');
  const refused = (consent: ReturnType<GroupTestbed['consentOf']>) => {
    village.get('alice').execute({ type: 'add', user: 'carol', record, consent });
    return village.effectsOf('alice', 'refused').at(-1)?.refusal.about;
  };
  assert.equal(refused(village.consentOf('carol', 'alice', { group: 'B'.repeat(21) + 'A' })), 'lake: without consent');
  assert.equal(refused(village.consentOf('bob')), 'lake: without consent');
  assert.equal(
    refused(village.consentOf('carol', 'alice', { head: { index: 0, hash: 'B'.repeat(21) + 'A' } })),
    'lake: consent to another row',
  );
  const early = village.consentOf('carol');
  village.add('carol');
  village.get('alice').execute({ type: 'remove', user: 'carol' });
  assert.equal(refused(early), 'lake: consent is void');
});

test('[GROUP-3] a takeover without votes, or by a stranger, is none', () => {
  const village = GroupTestbed.of(NAMES);
  const { log: chain } = village.member('bob');
  const vote = (by: string) => {
    const { device } = village.get(by);
    const said = {
      group: village.group,
      by,
      device: device.publicKey,
      term: 1,
      candidate: 'dave',
      head: chain.position,
    };
    return signObject('vote', said, device, fakePrimitives);
  };
  const alone = village.entry({ do: 'takeover', votes: [vote('dave')] }, { on: 'bob', by: 'dave', term: 1 });
  village.offer('bob', 'dave', [alone]);
  assert.equal(village.member('bob').log.head.leader, 'alice');
  const votes = ['bob', 'carol', 'dave'].map(vote);
  village.offer('bob', 'dave', [village.entry({ do: 'takeover', votes }, { on: 'bob', by: 'dave', term: 1 })]);
  assert.equal(village.member('bob').log.head.leader, 'dave');
});

test('[GROUP-8] [GROUP-16] a vote is for a whole place: one got by a claim to a longer row elects nobody', () => {
  const village = GroupTestbed.of(NAMES);
  const { log: chain } = village.member('bob');
  const vote = (by: string, index: number) => {
    const { device } = village.get(by);
    const said = { group: village.group, by, device: device.publicKey, term: 1, candidate: 'dave' };
    return signObject('vote', { ...said, head: { ...chain.position, index } }, device, fakePrimitives);
  };
  const takeover = (index: number) => {
    const votes = ['bob', 'carol', 'dave'].map((by) => vote(by, index));
    return village.entry({ do: 'takeover', votes }, { on: 'bob', by: 'dave', term: 1 });
  };
  village.offer('bob', 'dave', [takeover(chain.position.index + 5)]);
  assert.equal(village.member('bob').log.head.leader, 'alice');
  village.offer('bob', 'dave', [takeover(chain.position.index)]);
  assert.equal(village.member('bob').log.head.leader, 'dave');
});

test('[GROUP-4] a group takes 256 members and a thousand entries that nobody confirms', () => {
  const village = new GroupTestbed(['alice']);
  const alice = village.get('alice');
  for (let nth = 1; nth <= LIMITS.groupMembersMax; nth += 1) {
    const device = fakeKey(`device ${nth}`);
    const identity = fakeKey(`identity ${nth}`);
    const devices = [{ device: device.publicKey, exchange: device.publicKey, since: 0 }];
    const user = `user${nth}`;
    const papers = { name: user, version: 1, key: identity.publicKey, devices, previous: null, at: 0 };
    const { index, hash } = village.member('alice').log.position;
    const said = {
      group: village.group,
      by: user,
      device: device.publicKey,
      head: { index, hash },
      nonce: 'A'.repeat(22),
      at: 1,
    };
    const record = signObject('record', papers, identity, fakePrimitives);
    alice.execute({ type: 'add', user, record, consent: signObject('consent', said, device, fakePrimitives) });
    village.letters.length = 0;
  }
  assert.equal(village.member('alice').log.members.size, LIMITS.groupMembersMax);
  assert.equal(village.effectsOf('alice', 'refused').at(-1)?.refusal.code, 'GROUP_FULL');
  const policy = village.member('alice').log.head.policy;
  for (let nth = 0; nth < LIMITS.groupUnratifiedMax; nth += 1) alice.execute({ type: 'policy', policy });
  const { log: chain } = village.member('alice');
  assert.equal(chain.position.index - chain.ratified, LIMITS.groupUnratifiedMax);
  assert.equal(village.effectsOf('alice', 'refused').at(-1)?.refusal.code, 'GROUP_UNSETTLED');
});

test('[GROUP-5] a new device counts once a record under the same key lists it', () => {
  const village = GroupTestbed.of(NAMES);
  const device = fakeKey('new device of alice');
  const devices = [{ device: device.publicKey, exchange: device.publicKey, since: 0 }];
  const record = (identity: string) => {
    const key = fakeKey(identity);
    const papers = { name: 'alice', version: 2, key: key.publicKey, devices, previous: null, at: 0 };
    return signObject('record', papers, key, fakePrimitives);
  };
  const { log: chain } = village.member('bob');
  const entry = JSON.parse(
    village.entry({ do: 'remove', user: 'dave', cut: [] }, { on: 'bob', by: 'alice' }).payload,
  ) as object;
  const signed = signObject('group', { ...entry, device: device.publicKey }, device, fakePrimitives);
  const before = chain.position.index;
  village.get('bob').put({ type: 'record', signed: record('identity of somebody else') });
  village.offer('bob', 'carol', [signed]);
  assert.equal(head(village, 'bob'), before);
  village.get('bob').put({ type: 'record', signed: record('identity of alice') });
  village.offer('bob', 'carol', [signed]);
  assert.equal(head(village, 'bob'), before + 1);
});

test('[GROUP-5] of one member so many devices are remembered, and no record beyond them is kept', () => {
  const village = GroupTestbed.of(NAMES);
  const key = fakeKey('identity of alice');
  for (let version = 2; version < LIMITS.groupDevicesPerUser + 20; version += 1) {
    const device = fakeKey(`device ${version} of alice`).publicKey;
    const papers = { name: 'alice', version, key: key.publicKey, previous: null, at: 0 };
    const devices = [{ device, exchange: device, since: 0 }];
    village
      .get('bob')
      .put({ type: 'record', signed: signObject('record', { ...papers, devices }, key, fakePrimitives) });
  }
  const { roster } = village.member('bob').log;
  assert.equal(roster.provingRecords().length, NAMES.length + LIMITS.groupDevicesPerUser - 1);
  assert.ok(roster.owns('alice', key.publicKey, fakeKey('device 2 of alice').publicKey));
});

test('[GROUP-32] however many records somebody has, who is behind gets entries', () => {
  const village = GroupTestbed.of(NAMES);
  const records = Array.from({ length: 200 }, () => ({ payload: ' '.repeat(16_000), signature: 'A'.repeat(86) }));
  const words = batchEntries(village.member('bob').log, 1, [], { records });
  assert.ok(words.some(({ entries }) => entries.length > 0));
});

test('[GROUP-6] [GROUP-8] half of an old configuration is not enough, though it be most of the new one', () => {
  const village = GroupTestbed.of(['alice', 'bob', 'carol', 'dave']);
  assert.equal(village.member('alice').log.ratified, 3);
  for (const name of ['carol', 'dave']) village.isolate(name);
  village.get('alice').execute({ type: 'remove', user: 'dave' });
  village.letters.length = 0; // else the removed would confirm it
  village.settle();
  const { log: chain } = village.member('alice');
  assert.deepEqual([chain.position.index, chain.ratified], [4, 3]);
  village.reconnect('carol');
  village.advance(SILENCE_MS);
  assert.equal(village.member('alice').log.ratified, 4);
});

test('[GROUP-7] who has voted in a later term signs nothing of this one', () => {
  const village = GroupTestbed.of(NAMES);
  const { log: chain } = village.member('bob');
  village.isolate('alice');
  village.advance(SILENCE_MS - 200);
  village.isolate('carol');
  village.isolate('dave');
  village.advance(400);
  assert.equal(village.member('bob').memory.vote?.term, 1);
  const sent = village.effectsOf('bob', 'send').length;
  village.offer('bob', 'carol', [village.entry({ do: 'remove', user: 'dave', cut: [] }, { on: 'alice', by: 'alice' })]);
  assert.equal(village.member('bob').log.position.index, chain.position.index + 1);
  const signed = village.effectsOf('bob', 'send').slice(sent);
  assert.deepEqual(
    signed.filter(({ body: word }) => word.type === 'statement' && word.statement === 'adopted'),
    [],
  );
});

test('[GROUP-9] who was away follows step by step, by the proofs of others', () => {
  const village = GroupTestbed.of(NAMES);
  village.isolate('dave');
  village.get('alice').execute({ type: 'remove', user: 'carol' });
  village.settle();
  village.isolate('alice');
  village.advance(SILENCE_MS * 2);
  village.letters.length = 0;
  assert.equal(village.member('dave').log.head.leader, 'alice');
  village.connect('dave', 'bob');
  village.advance(SILENCE_MS * 2);
  assert.equal(village.member('dave').log.position.index, head(village, 'bob'));
  assert.equal(village.member('dave').log.ratified, village.member('bob').log.ratified);
});

test('[GROUP-12] two entries of one leader at one place prove a lie, and free the members to vote', () => {
  const village = GroupTestbed.of(NAMES);
  const one = village.entry({ do: 'remove', user: 'carol', cut: [] }, { on: 'bob', by: 'alice' });
  const other = village.entry({ do: 'remove', user: 'dave', cut: [] }, { on: 'bob', by: 'alice' });
  village.isolate('alice');
  village.offer('bob', 'alice', [one]);
  village.offer('carol', 'alice', [other]);
  village.advance(SILENCE_MS);
  assert.deepEqual(village.member('bob').memory.lies, [0]);
  assert.deepEqual(
    village.effectsOf('carol', 'warn').map(({ code, text }) => [code, text]),
    [['GROUP_LIAR', 'alice']],
  );
  village.advance(SILENCE_MS);
  assert.notEqual(village.member('dave').log.head.leader, 'alice');
});

test('[GROUP-32] however much there is to prove, each word fits a frame', () => {
  const signature = 'A'.repeat(86);
  const adopted = Array.from({ length: 200 }, () => ({ payload: '"'.repeat(300), signature }));
  const proofs = Array.from({ length: 60 }, (_, to) => ({ from: to, to: to + 1, adopted }));
  const words = splitProofs({ type: 'entries', from: 1, entries: [], proofs, records: [] });
  assert.equal(words.flatMap((word) => word.proofs).length, proofs.length);
  for (const word of words) assert.ok(byteLength(JSON.stringify(word)) < LIMITS.linkFrameBytes);
});

test('[GROUP-12] two entries by somebody who does not lead prove nothing against the leader', () => {
  const village = GroupTestbed.of(NAMES);
  const one = village.entry({ do: 'remove', user: 'carol', cut: [] }, { on: 'bob', by: 'dave' });
  const other = village.entry({ do: 'remove', user: 'alice', cut: [] }, { on: 'bob', by: 'dave' });
  village.get('bob').receive('dave', [{ type: 'fork', entries: [one, other] }]);
  village.advance(SILENCE_MS * 2);
  assert.deepEqual(village.member('bob').memory.lies, []);
  assert.equal(village.member('carol').log.head.leader, 'alice');
});

test('[GROUP-11] what contradicts the ratified is kept as evidence and never followed', () => {
  const village = GroupTestbed.of(['alice', 'bob', 'carol']);
  const { log: chain } = village.member('bob');
  const fork = chain.ratified;
  const takeover = forgedTakeover(village, fork - 1);
  village.offer('bob', 'carol', takeover, fork);
  const [warning] = village.effectsOf('bob', 'warn');
  assert.equal(warning?.code, 'GROUP_FORK');
  assert.equal(village.member('bob').log.head.leader, 'alice');
  assert.equal(village.member('bob').memory.forks.length, 1);
});

/** A takeover below what is ratified, with the votes of all who were members then: possible only where many lied. */
function forgedTakeover(village: GroupTestbed, below: number) {
  const { log: chain } = village.member('bob');
  const head = chain.at(below);
  if (!head) throw new Error('nothing is there');
  const vote = (by: string) => {
    const { device } = village.get(by);
    const said = {
      group: village.group,
      by,
      device: device.publicKey,
      term: 1,
      candidate: 'bob',
      head: positionOf(head),
    };
    return signObject('vote', said, device, fakePrimitives);
  };
  const votes = [...head.members.keys()].map(vote);
  const { device } = village.get('bob');
  const place = { group: village.group, index: below + 1, previous: head.id, term: 1 };
  const entry = { ...place, op: { do: 'takeover', votes }, at: 1, by: 'bob', device: device.publicKey };
  return [signObject('group', entry, device, fakePrimitives)];
}
