// Evidence of a fork: what it proves to a reader who does not know the group.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidenceText, readEvidence } from '../../../../protocols/groups/log/evidence.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { DEPENDENCIES, GroupTestbed } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

test('[GROUP-11] [GROUP-12] evidence proves an equivocation to any reader, and forged evidence proves nothing', () => {
  const testbed = GroupTestbed.of(NAMES);
  const { log, proofs } = testbed.member('bob');
  const removal = (user: string, by: string) => testbed.entry({ do: 'remove', user, cut: [] }, { on: 'bob', by });
  const forks: [Signed, Signed][] = [[removal('carol', 'alice'), removal('dave', 'alice')]];
  const text = evidenceText({ log, proofs, forks }) ?? '';
  const found = readEvidence(text, DEPENDENCIES);
  assert.deepEqual([found?.group, found?.by], [testbed.group, 'alice']);
  assert.equal(found?.key, fakeKey('identity of alice').publicKey);
  assert.equal(evidenceText({ log, proofs, forks: [] }), null);

  const file = JSON.parse(text) as { entries: Signed[] };
  const dave = removal('alice', 'dave');
  const invalid = [testbed.entry({ do: 'takeover', votes: [] }, { on: 'bob', by: 'dave', term: 1 })];
  const inTerm = (user: string) => {
    const entry = JSON.parse(removal(user, 'dave').payload) as object;
    return signObject('group', { ...entry, term: 1 }, testbed.get('dave').device, fakePrimitives);
  };
  const forged = [
    { ...file, pairs: [[dave, removal('bob', 'dave')]] },
    { ...file, entries: [...file.entries, ...invalid], pairs: [[inTerm('alice'), inTerm('bob')]] },
    { ...file, entries: file.entries.map((entry) => ({ ...entry, signature: dave.signature })) },
    { ...file, entries: file.entries.slice(1) },
  ];
  for (const file of forged) assert.equal(readEvidence(JSON.stringify(file), DEPENDENCIES), null);
});
