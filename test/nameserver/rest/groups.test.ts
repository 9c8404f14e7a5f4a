// Tests the routes of public groups: the server verifies publications as members do.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { objectId, type Signed } from '../../../protocols/kit/signed.js';
import { primitives } from '../../../runtime/crypto.js';
import { entry, foundation } from '../group-entries.js';
import { Person } from '../person.js';
import { runServer } from '../test-server.js';

async function listedBy(t: TestContext, ...people: Person[]) {
  const { app } = await runServer(t, { store: 'memory' });
  for (const person of people) {
    await app.inject({ method: 'PUT', url: `/v1/users/${person.name}`, payload: person.record() });
  }
  return async (name: string, entries: Signed[], from = 0) => {
    const payload = { from, entries, proofs: [], records: [] };
    const { statusCode, body } = await app.inject({ method: 'PUT', url: `/v1/groups/${name}`, payload });
    const get = async (path: string) => (await app.inject(path)).json<Record<string, unknown>>();
    return { status: statusCode, answer: JSON.parse(body) as Record<string, unknown>, get };
  };
}

test('[GROUP-36] a public group is listed with its leader and its signed head', async (t) => {
  const alice = new Person('alice');
  const publish = await listedBy(t, alice);
  const first = foundation(alice, 'lake');
  const { status, answer, get } = await publish('lake', [first]);
  assert.deepEqual([status, answer['leader'], answer['members']], [200, 'alice', ['alice']]);
  const group = objectId('group', first.payload, primitives);
  assert.deepEqual((await get('/v1/groups/LAKE'))['head'], { index: 0, term: 0, hash: group });
  const { groups, next } = (await get('/v1/groups')) as { groups: { name: string; entry: Signed }[]; next: unknown };
  assert.deepEqual([groups.map(({ name }) => name), groups[0]?.entry, next], [['lake'], first, null]);
});

test('[GROUP-36] entries of the leader are added, entries of other members are refused', async (t) => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const publish = await listedBy(t, alice, bob);
  const first = foundation(alice, 'lake');
  await publish('lake', [first]);
  const policy = { deputies: ['bob'], history: 'none' as const, join: 'closed' as const };
  const second = entry(alice, { do: 'policy', policy }, first);
  const usurped = entry(bob, { do: 'policy', policy }, first);
  assert.equal((await publish('lake', [usurped], 1)).answer['code'], 'GROUP_STALE');
  assert.deepEqual((await publish('lake', [second], 1)).answer['policy'], policy);
  assert.equal((await publish('lake', [second], 1)).status, 200);
  assert.equal((await publish('lake', [second], 7)).answer['code'], 'GROUP_STALE');
});

test('[GROUP-36] a name belongs to the first group that used it', async (t) => {
  const [alice, bob] = [new Person('alice'), new Person('bob')];
  const publish = await listedBy(t, alice, bob);
  await publish('lake', [foundation(alice, 'lake')]);
  const rival = await publish('lake', [foundation(bob, 'lake')]);
  assert.deepEqual([rival.status, rival.answer['code']], [409, 'GROUP_TAKEN']);
});

test('[GROUP-36] private groups, wrong names, unknown founders and malformed logs are refused', async (t) => {
  const alice = new Person('alice');
  const publish = await listedBy(t, alice);
  const code = async (name: string, entries: Signed[]) => (await publish(name, entries)).answer['code'];
  assert.equal(await code('lake', [foundation(alice, 'lake', false)]), 'MALFORMED');
  const stranger = foundation(new Person('nobody-here'), 'lake');
  const unread = Array.from({ length: 200 }, () => ({ payload: 'never looked at', signature: stranger.signature }));
  assert.equal(await code('lake', [stranger, ...unread]), 'SIGNATURE_INVALID', 'a founder must be registered here');
  assert.equal(await code('pond', [foundation(alice, 'lake')]), 'MALFORMED');
  assert.equal(await code('lake', [foundation(new Person('mallory'), 'lake')]), 'SIGNATURE_INVALID');
  assert.equal(
    await code('lake', [{ payload: '{}', signature: foundation(alice, 'lake').signature }]),
    'SIGNATURE_INVALID',
  );
  assert.equal(await code('no', []), 'MALFORMED');
  assert.equal((await publish('lake', [foundation(alice, 'lake')])).status, 200);
  const { get } = await publish('nothing', []);
  assert.equal((await get('/v1/groups/pond'))['code'], 'GROUP_UNKNOWN');
});
