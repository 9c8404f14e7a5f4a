// Strangers publish entries of a listed group, to make the name server read its log and verify signatures.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntryOp } from '../../../protocols/groups/entry.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { MemoryRegistryStore } from '../../../nameserver/store/memory-registry-store.js';
import { CoreTestbed } from '../../nameserver/core-testbed.js';
import { entry, foundation } from '../../nameserver/group-entries.js';
import { Person } from '../../nameserver/person.js';

const HOME = '198.51.100.0/24';
const ATTACKER = '203.0.113.0/24';

/** Counts how often the whole log of a group is read. */
class CountingStore extends MemoryRegistryStore {
  reads = 0;

  override groupEntries(name: string): Signed[] {
    this.reads += 1;
    return super.groupEntries(name);
  }
}

function publish(
  testbed: CoreTestbed,
  { from = 0, entries = [] as Signed[], records = [] as Signed[] },
  network = HOME,
) {
  const publication = { from, entries, proofs: [], records };
  const [answer] = testbed.put({ type: 'publish', ref: 1, name: 'lake', publication, network });
  assert.ok(answer?.type === 'publish_result');
  return answer.outcome instanceof Refusal ? answer.outcome.code : 'listed';
}

function policy(nth: number): EntryOp {
  return { do: 'policy', policy: { deputies: [], history: nth + 1, join: 'ask' } };
}

const REMOVAL: EntryOp = { do: 'remove', user: 'alice', cut: [] };

/** Alice leads the public group lake, whose log has so many entries. The server has just started. */
function lake(count: number) {
  const store = new CountingStore();
  const testbed = new CoreTestbed({ store });
  const [alice, mallory] = [new Person('alice'), new Person('mallory')];
  for (const person of [alice, mallory]) testbed.register(person);
  const entries = [foundation(alice, 'lake')];
  while (entries.length < count) entries.push(entry(alice, policy(entries.length), entries.at(-1) ?? null));
  for (let from = 0; from < count; from += 100)
    assert.equal(publish(testbed, { from, entries: entries.slice(from, from + 100) }), 'listed');
  testbed.restart();
  store.reads = 0;
  return { testbed, store, alice, mallory, entries, head: entries.at(-1) ?? null };
}

test('[LOAD-13] unsigned, unrelated and repeated entries never make the server read the log', () => {
  const { testbed, store, alice, mallory, entries, head } = lake(300);
  const last = entry(alice, REMOVAL, head);
  const forged = [
    { from: 300, entries: [{ ...last, signature: 'A'.repeat(86) }] },
    { from: 300, entries: [{ payload: last.payload, signature: entry(mallory, REMOVAL, head).signature }] },
    { from: 300, entries: [{ payload: '{}', signature: 'A'.repeat(86) }] },
    { from: 300, entries: [entry(new Person('alice'), REMOVAL, head)] },
    { from: 300, entries: [entry(mallory, REMOVAL, entries[7])] },
    { from: 5_000, entries: [entry(mallory, REMOVAL, head)] },
  ];
  for (const offered of forged) assert.equal(publish(testbed, offered, ATTACKER), 'GROUP_STALE');
  assert.equal(publish(testbed, { from: 0, entries: [foundation(mallory, 'lake')] }, ATTACKER), 'GROUP_TAKEN');
  assert.equal(publish(testbed, { from: 200, entries: entries.slice(200) }, ATTACKER), 'listed');
  assert.equal(store.reads, 0);
});

test('[LOAD-13] the leader extends the group, and the log is read once', () => {
  const { testbed, store, alice, head } = lake(300);
  let before = head;
  for (let nth = 0; nth < 20; nth += 1) {
    const next = entry(alice, policy(nth), before);
    assert.equal(publish(testbed, { from: 300 + nth, entries: [next] }), 'listed');
    before = next;
  }
  assert.equal(store.reads, 1);
});

test('[LOAD-7] one network makes the server verify a limited number of signatures', () => {
  const { testbed, alice, mallory, entries } = lake(1);
  const forged = entry(mallory, REMOVAL, entries[0]);
  const many = Array.from({ length: LIMITS.groupEntriesPerFrame }, () => forged);
  const answers = Array.from({ length: 200 }, () => publish(testbed, { from: 1, entries: many }, ATTACKER));
  const judged = answers.filter((answer) => answer !== 'TOO_MANY').length;
  assert.ok(judged > 0 && judged <= LIMITS.entriesVerifiedPerNetwork.burst / many.length);
  const next = entry(alice, policy(1), entries[0]);
  assert.equal(publish(testbed, { from: 1, entries: [next] }), 'listed');
});

test('[LOAD-13] reading a log is charged to the network that caused it', () => {
  const { testbed, store, mallory, head } = lake(300);
  const offered = { from: 300, entries: [entry(mallory, REMOVAL, head)] };
  while (publish(testbed, offered, ATTACKER) !== 'TOO_MANY')
    assert.ok(store.reads < 1_000, 'the budget of the attacker ends');
  assert.ok(store.reads < LIMITS.entriesVerifiedPerNetwork.burst / 30, `${store.reads} times`);
});

test('[LOAD-14] a group with too many entries is not listed any further', () => {
  const { testbed, alice, head } = lake(1);
  const next = entry(alice, policy(1), head);
  assert.equal(publish(testbed, { from: LIMITS.groupEntriesListedMax, entries: [next] }), 'LIST_FULL');
});

test('[LOAD-7] one network makes the server read only so many bytes of entries, and another network goes on', () => {
  const { testbed, alice, mallory, head } = lake(1);
  const forged = entry(mallory, policy(1), head);
  const junk: Signed = { payload: 'x'.repeat(200_000), signature: 'A'.repeat(86) };
  let bytes = 0;
  while (publish(testbed, { from: 1, entries: [forged, junk] }, ATTACKER) === 'GROUP_STALE')
    bytes += junk.payload.length;
  assert.ok(bytes > 0 && bytes <= LIMITS.publishedBytesPerNetwork.burst, `${bytes} bytes were read`);
  assert.equal(publish(testbed, { from: 1, entries: [forged, junk] }, ATTACKER), 'TOO_MANY');
  assert.equal(publish(testbed, { from: 1, entries: [entry(alice, policy(1), head)] }), 'listed');
});

test('[LOAD-6] the list of groups has short pages where groups are large, and large groups cost more', () => {
  const { testbed } = lake(1);
  const { groups } = testbed.core;
  const small = testbed.store.group('lake');
  assert.ok(small);
  const stored = { ...small, state: small.state.padEnd(200_000) };
  testbed.store.putGroup('lake', stored);
  assert.ok(groups.costOf('lake') >= 200_000 / LIMITS.groupLookUpBytes - 1);
  const names = Array.from({ length: 20 }, (_, nth) => `lake${10 + nth}`);
  for (const name of names) {
    const state = stored.state.replace('"name":"lake"', `"name":"${name}"`);
    testbed.store.putGroup(name, { ...stored, state });
  }
  const seen: string[] = [];
  for (let after: string | null = null, pages = 0; pages < 10; pages += 1) {
    const page = groups.page(after, 200);
    assert.ok(page.groups.length <= LIMITS.groupsPageBytes / 200_000);
    seen.push(...page.groups.map(({ name }) => name));
    if ((after = page.next) === null) break;
  }
  assert.deepEqual(seen, ['lake', ...names]);
});
