// The JSON export is complete, and has the form that docs/export.md describes.

import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Compile } from 'typebox/schema';
import type { StoredMessage } from '../../../../client/engine/core/store.js';
import { openSqliteStore } from '../../../../client/store/sqlite/sqlite-store.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { openIdentity } from '../../../../runtime/disk/identity-file.js';
import {
  BOBS_OTHER_DEVICE,
  fromBob,
  sampleId,
  sampleKey,
  sampleQuick,
  toBob,
} from '../../../contracts/client-store/samples.js';
import { aliceWith, done } from '../archive-fixture.js';

interface Exported {
  readonly key: string;
  readonly people: readonly object[];
  readonly conversations: readonly { with: string; messages: readonly { id: string; from: string; text: string }[] }[];
}

async function exported(context: TestContext, messages: readonly StoredMessage[]) {
  const { archive, data } = aliceWith(context, messages);
  const answer = await done(archive, { type: 'export', format: 'json', to: null });
  const text = readFileSync(answer.path, 'utf8');
  return { answer, data, text, json: JSON.parse(text) as Exported };
}

/** The schema in docs/export.md. */
function schemaOfPage(): object {
  const [, schema = ''] = /```json\n([\s\S]*?)```/.exec(readFileSync('docs/export.md', 'utf8')) ?? [];
  return JSON.parse(schema) as object;
}

const STRANGE = 'line\nfeed "quotes" \\ \u0000 \u202e 🌱 </script>';

test('an export has the documented form, whatever its content', async (context) => {
  const schema = Compile(schemaOfPage());
  const messages = [
    fromBob(1, { text: STRANGE }),
    toBob(1, { state: 'held', lamport: 2 }),
    sampleQuick(1, { state: 'read', lamport: 3 }),
    fromBob(1, { peer: 'carol', id: sampleId(7), at: 253_402_300_799_999 }),
  ];
  for (const some of [messages, []]) {
    const { json } = await exported(context, some);
    assert.deepEqual([...schema.Errors(json)[1]], []);
    assert.ok(schema.Check(json));
    assert.ok(!schema.Check({ ...json, conversations: [{ with: 'bob', messages: [{ text: 'hi' }] }] }));
  }
});

test('a group is a conversation under its name, with the author of each message', async (context) => {
  const { archive, data } = aliceWith(context, []);
  const store = openSqliteStore(join(data, 'client.db'));
  const groupStore = store.groupStore(sampleId(1));
  const op = { do: 'create', name: 'lake', public: false, nonce: sampleId(2), cites: null };
  const policy = { deputies: [], history: 'none', join: 'ask' };
  const record = { payload: '{}', signature: 'A'.repeat(86) };
  const position = { group: null, index: 0, previous: null, term: 0, at: 1, by: 'carol', device: sampleKey('c') };
  groupStore.putEntry(0, { payload: JSON.stringify({ ...position, op: { ...op, policy, record } }), signature: 's' });
  const author = { by: 'carol', key: sampleKey('c') };
  const fixed = { ...author, device: sampleKey('c'), mine: false, visibility: 'shown', state: 'delivered' } as const;
  groupStore.addMessage({ ...fixed, id: sampleId(3), seq: 1, lamport: 1, at: 1, text: 'hi', signed: record });
  store.close();
  const answer = await done(archive, { type: 'export', format: 'json', to: null });
  const json = JSON.parse(readFileSync(answer.path, 'utf8')) as Exported;
  assert.deepEqual([...Compile(schemaOfPage()).Errors(json)[1]], []);
  assert.deepEqual(
    json.conversations.map(({ with: name, messages }) => [name, messages[0]?.from]),
    [['lake', 'carol']],
  );
});

test('it has all people and all visible messages, in the order of the history', async (context) => {
  const { answer, json, data } = await exported(context, [
    fromBob(2, { lamport: 3 }),
    fromBob(1, { lamport: 1, text: STRANGE }),
    toBob(1, { lamport: 2 }),
    fromBob(9, { lamport: 9, shown: false, after: 8 }),
    fromBob(1, { device: BOBS_OTHER_DEVICE, id: sampleId(3), lamport: 3, text: 'other device' }),
    fromBob(1, { peer: 'carol', id: sampleId(7) }),
  ]);
  assert.equal(answer.messages, 5);
  assert.equal(json.key, openIdentity(data).identity.publicKey);
  assert.deepEqual(json.people, [
    { user: 'bob', key: sampleKey('k'), friendship: 'friend', verified: true, blocked: false, note: 'hi "you"' },
    { user: 'eve', key: null, friendship: 'none', verified: false, blocked: true, note: '' },
  ]);
  const said = json.conversations.map((one) => [one.with, ...one.messages.map(({ from, text }) => `${from}: ${text}`)]);
  assert.deepEqual(said, [
    ['bob', `bob: ${STRANGE}`, 'alice: to bob 1', 'bob: other device', 'bob: bob 2'],
    ['carol', 'carol: bob 1'],
  ]);
});

test('a conversation of several pages is complete, with one line for each message', async (context) => {
  const count = 2 * LIMITS.archivePage + 1;
  const { json, text } = await exported(
    context,
    Array.from({ length: count }, (_, at) => fromBob(at + 1, { id: sampleId(at), lamport: Math.floor(at / 3) + 1 })),
  );
  const texts = json.conversations[0]?.messages.map((message) => message.text) ?? [];
  assert.deepEqual(
    texts,
    Array.from({ length: count }, (_, at) => `bob ${at + 1}`),
  );
  assert.equal(text.split('\n').filter((line) => line.startsWith('{"id"')).length, count);
});

test('it goes to the data directory by default, is readable by its owner only, and has no secret', async (context) => {
  const { answer, data, text } = await exported(context, [fromBob(1)]);
  assert.equal(answer.path, join(data, 'exports', 'alice-20261120T120000000Z.json'));
  assert.equal(statSync(answer.path).mode & 0o777, 0o600);
  const secrets = Object.values(
    JSON.parse(readFileSync(join(data, 'identity.json'), 'utf8')) as Record<string, string>,
  );
  for (const secret of secrets) assert.ok(!text.includes(secret));
});
