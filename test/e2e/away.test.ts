// Messages to an offline friend: held by the name server and delivered later, even if the sender is offline by then.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answers } from '../../protocols/control/answer.js';
import type { JsonClient } from './testbed/json-client.js';
import { befriend, Testbed } from './testbed/testbed.js';

const TEXTS = ['one', 'two', 'three', 'four', 'five'];

test('messages to an offline friend arrive in order, even after the sender has left', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  await bob.leaves();
  await alice.hears('offline', { user: 'bob' });
  const ids = await sayAll(alice, 'bob', TEXTS);
  for (const id of ids) await alice.hears('state', { id, state: 'held' });
  assert.deepEqual(
    (await waitingAt(alice)).map(({ state }) => state),
    TEXTS.map(() => 'held'),
  );
  await alice.leaves();

  const later = await testbed.online('bob');
  for (const [k, id] of ids.entries()) assert.equal((await later.hears('chat')).id, id, TEXTS[k]);
  const { messages } = await later.does<Answers['history']>('history alice');
  assert.deepEqual(
    messages.map(({ text }) => text),
    TEXTS,
  );
  await later.leaves();

  const back = await testbed.online('alice');
  for (const id of ids) await back.hears('state', { id, to: 'bob', state: 'delivered' });
  for (const id of ids) await back.hears('state', { id, to: 'bob', state: 'read' });
  assert.deepEqual(await waitingAt(back), []);
});

test('a message sent just before exit is held by the name server', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  await bob.kill();
  const [id] = await sayAll(alice, 'bob', ['good night']);
  await alice.leaves();
  assert.equal((await (await testbed.online('bob')).hears('chat')).id, id);
});

test('a message cancelled before it was sent never arrives and does not block later ones', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  await alice.does('offline');
  const [first = '', second = '', third] = await sayAll(alice, 'bob', ['first', 'second', 'third']);
  await alice.does(`cancel ${second}`);
  assert.equal(await alice.refused(`cancel ${second}`), 'NOT_WAITING');
  assert.deepEqual(
    (await waitingAt(alice)).map(({ id }) => id),
    [first, third],
  );
  await alice.does('online');
  assert.deepEqual([(await bob.hears('chat')).id, (await bob.hears('chat')).id], [first, third]);
  await alice.hears('state', { id: third ?? '', state: 'delivered' });
  assert.equal(await alice.refused(`cancel ${first}`), 'NOT_WAITING');
});

test('a paused client does not delay others and receives all messages when it continues', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  const carol = await testbed.online('carol');
  await befriend(alice, carol);
  const [linked = ''] = await sayAll(alice, 'bob', ['we are linked']);
  await alice.hears('state', { id: linked, state: 'delivered' });
  bob.program.signal('SIGSTOP');
  const texts = Array.from({ length: 100 }, (_, k) => `while you hang ${k} ${'x'.repeat(8_000)}`);
  const ids = await sayAll(alice, 'bob', texts);
  const [toCarol = ''] = await sayAll(alice, 'carol', ['bob is silent']);
  await carol.hears('chat', { id: toCarol });
  await alice.hears('state', { id: toCarol, state: 'delivered' });
  assert.equal((await waitingAt(alice)).length, texts.length);
  bob.program.signal('SIGCONT');
  for (const id of [linked, ...ids]) assert.equal((await bob.hears('chat')).id, id);
});

test('the history is complete after both clients were killed and restarted', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  const [id = ''] = await sayAll(alice, 'bob', ['remember this']);
  await bob.hears('chat', { id });
  await alice.hears('state', { id, state: 'delivered' });
  await Promise.all([alice.kill(), bob.kill()]);
  const [hers, his] = await Promise.all([testbed.client('alice'), testbed.client('bob')]);
  for (const [client, other] of [
    [hers, 'bob'],
    [his, 'alice'],
  ] as const) {
    const { messages } = await client.does<Answers['history']>(`history ${other}`);
    assert.deepEqual(
      messages.map((message) => message.id),
      [id],
    );
  }
});

async function sayAll(client: JsonClient, to: string, texts: readonly string[]): Promise<string[]> {
  const said = await Promise.all(texts.map((text) => client.does<Answers['say']>(`say ${to} ${text}`)));
  return said.map(({ id }) => id);
}

async function waitingAt(client: JsonClient): Promise<Answers['outbox']['messages']> {
  return (await client.does<Answers['outbox']>('outbox')).messages;
}
