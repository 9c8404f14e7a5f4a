// Evidence about a group: what it proves to somebody who knows nothing of the group.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceText, readEvidence } from '../../../../protocols/groups/log/evidence.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { DEPENDENCIES, GroupTestbed } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

test('[GROUP-11] [GROUP-12] evidence proves a lie to strangers, and nothing that was made up', () => {
  const village = GroupTestbed.of(NAMES);
  const { log: chain, proofs } = village.member('bob');
  const removal = (user: string, by: string) => village.entry({ do: 'remove', user, cut: [] }, { on: 'bob', by });
  const forks: [Signed, Signed][] = [[removal('carol', 'alice'), removal('dave', 'alice')]];
  const text = evidenceText({ log: chain, proofs, forks }) ?? '';
  const found = readEvidence(text, DEPENDENCIES);
  assert.deepEqual([found?.group, found?.by], [village.group, 'alice']);
  assert.equal(found?.key, fakeKey('identity of alice').publicKey);
  assert.equal(evidenceText({ log: chain, proofs, forks: [] }), null);

  const file = JSON.parse(text) as { entries: Signed[] };
  const dave = removal('alice', 'dave');
  const usurped = [village.entry({ do: 'takeover', votes: [] }, { on: 'bob', by: 'dave', term: 1 })];
  const inTerm = (user: string) => {
    const entry = JSON.parse(removal(user, 'dave').payload) as object;
    return signObject('group', { ...entry, term: 1 }, village.get('dave').device, fakePrimitives);
  };
  const forged = [
    { ...file, pairs: [[dave, removal('bob', 'dave')]] },
    { ...file, entries: [...file.entries, ...usurped], pairs: [[inTerm('alice'), inTerm('bob')]] },
    { ...file, entries: file.entries.map((entry) => ({ ...entry, signature: dave.signature })) },
    { ...file, entries: file.entries.slice(1) },
  ];
  for (const made of forged) assert.equal(readEvidence(JSON.stringify(made), DEPENDENCIES), null);
});
