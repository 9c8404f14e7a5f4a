// A stranger publishes entries of a group with forged signatures, to make the name server verify signatures.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { CoreTestbed } from '../../nameserver/core-testbed.js';
import { entry, foundation } from '../../nameserver/group-entries.js';
import { Person } from '../../nameserver/person.js';

function publish(testbed: CoreTestbed, publication: object, network: string): string {
  const [answer] = testbed.put({ type: 'publish', ref: 1, name: 'lake', publication, network });
  assert.ok(answer?.type === 'publish_result');
  return answer.outcome instanceof Refusal ? answer.outcome.code : 'listed';
}

test('[LOAD-7] one network makes the server verify a limited number of signatures', () => {
  const testbed = new CoreTestbed();
  const [alice, mallory] = [new Person('alice'), new Person('mallory')];
  for (const person of [alice, mallory]) testbed.register(person);
  const first = foundation(alice, 'lake');
  const listed = { from: 0, entries: [first], proofs: [], records: [] };
  assert.equal(publish(testbed, listed, '198.51.100.0/24'), 'listed');
  const forged = entry(mallory, { do: 'remove', user: 'alice', cut: [] }, first);
  const entries = Array.from({ length: LIMITS.groupEntriesPerFrame }, () => forged);
  const answers = Array.from({ length: 200 }, () =>
    publish(testbed, { from: 1, entries, proofs: [], records: [] }, '203.0.113.0/24'),
  );
  const judged = answers.filter((answer) => answer !== 'TOO_MANY').length;
  assert.equal(judged, Math.floor(LIMITS.entriesVerifiedPerNetwork.burst / entries.length));
  assert.equal(publish(testbed, listed, '198.51.100.0/24'), 'listed');
});
