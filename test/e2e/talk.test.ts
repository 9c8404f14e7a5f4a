// Two online friends: messages, histories, verification and look-ups.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Answers } from '../../protocols/control/answer.js';
import type { JsonClient } from './testbed/json-client.js';
import { Testbed } from './testbed/testbed.js';

suite('alice and bob, both online', () => {
  let testbed: Testbed;
  let alice: JsonClient;
  let bob: JsonClient;
  before(async () => {
    testbed = await Testbed.open();
    [alice, bob] = await testbed.friends('alice', 'bob');
  });
  after(() => testbed.close());

  test('say delivers a message and reports it as delivered, in both directions', async () => {
    const forth = await alice.does<Answers['say']>('say bob Hello  Bob,  "verbatim" ✓ ');
    assert.equal(forth.state, 'queued');
    const heard = await bob.hears('chat', { id: forth.id });
    assert.deepEqual([heard.from, heard.text], ['alice', 'Hello  Bob,  "verbatim" ✓ ']);
    await alice.hears('state', { id: forth.id, to: 'bob', state: 'delivered' });
    const back = await bob.does<Answers['say']>('say alice and back');
    assert.equal((await alice.hears('chat', { id: back.id })).text, 'and back');
    await bob.hears('state', { id: back.id, to: 'alice', state: 'delivered' });
  });

  test('a quick message is delivered before its result', async () => {
    const { id, state } = await alice.does<Answers['message']>('message bob look outside');
    assert.equal(state, 'delivered');
    assert.equal((await bob.hears('quick', { id })).text, 'look outside');
    await alice.hears('quick', { id: (await bob.does<Answers['message']>('message alice I see')).id });
  });

  test('a text of 16 KiB arrives complete; one byte more is refused', async () => {
    const text = 'ä'.repeat(8 * 1_024);
    const { id } = await alice.does<Answers['say']>(`say bob ${text}`);
    assert.equal((await bob.hears('chat', { id })).text, text);
    assert.equal(await alice.refused(`say bob ${text}x`), 'TEXT_TOO_LONG');
    assert.equal(await alice.refused(`message bob ${'x'.repeat(901)}`), 'QUICK_TOO_LONG');
  });

  test('both ends have the same history, and reading it sends a read receipt', async () => {
    for (const text of ['one', 'two']) await bob.hears('chat', { id: (await say(alice, 'bob', text)).id });
    const { id } = await say(bob, 'alice', 'read me');
    await alice.hears('chat', { id });
    const [hers, his] = await Promise.all([historyOf(alice, 'bob'), historyOf(bob, 'alice')]);
    assert.deepEqual(hers.map(said), his.map(said));
    assert.deepEqual(
      hers.slice(-3).map(({ text }) => text),
      ['one', 'two', 'read me'],
    );
    await bob.hears('state', { id, to: 'alice', state: 'read' });
    const [last] = (await historyOf(bob, 'alice')).slice(-1);
    assert.deepEqual([last?.id, last?.state], [id, 'read']);
  });

  test('history has pages', async () => {
    for (const text of ['one', 'two', 'three', 'four']) await say(alice, 'bob', text);
    const all = await historyOf(alice, 'bob');
    const newest = await historyOf(alice, 'bob --limit 2');
    const earlier = await historyOf(alice, `bob --limit 2 --before ${newest[0]?.id}`);
    assert.deepEqual([...earlier, ...newest].map(said), all.slice(-4).map(said));
  });

  test('in an open conversation, typed lines are chat and incoming messages count as read', async () => {
    await alice.does('connect bob');
    const { id } = await alice.does<Answers['say']>('say is just a word here');
    assert.equal((await bob.hears('chat', { id })).text, 'say is just a word here');
    assert.equal(await alice.refused('/nonsense'), 'COMMAND_UNKNOWN');
    const slash = await alice.does<Answers['say']>('//shrug');
    assert.equal((await bob.hears('chat', { id: slash.id })).text, '/shrug');
    const answer = await bob.does<Answers['say']>('say alice seen at once');
    await bob.hears('state', { id: answer.id, state: 'read' });
    await alice.does('/exit');
    assert.equal(await alice.refused('hello'), 'COMMAND_UNKNOWN');
  });

  test('verify gives the same number at both ends', async () => {
    const [hers, his] = await Promise.all([
      alice.does<Answers['verify']>('verify bob'),
      bob.does<Answers['verify']>('verify alice'),
    ]);
    assert.match(hers.safetyNumber, /^(\d{5} ){11}\d{5}$/);
    assert.deepEqual(hers, his);
    assert.equal((await alice.does<Answers['verify']>(`verify bob --confirm ${his.safetyNumber}`)).verified, true);
    const { friends } = await alice.does<Answers['list']>('list');
    assert.deepEqual(
      friends.map(({ user, online, verified }) => [user, online, verified]),
      [['bob', true, true]],
    );
  });

  test('whoami, lookup, who and update agree with each other', async () => {
    const me = await alice.does<Answers['whoami']>('whoami');
    const seen = await bob.does<Answers['lookup']>('lookup ALICE');
    assert.deepEqual([seen.user, seen.online, seen.key], ['alice', true, me.key]);
    assert.equal(seen.fingerprint, me.fingerprint);
    assert.deepEqual(await alice.does('who'), { users: ['alice', 'bob'] });
    assert.deepEqual(await alice.does('update'), { updated: 1 });
  });

  test('each impossible command is refused with its code', async () => {
    assert.equal(await alice.refused('say carol hi'), 'NOT_FRIENDS');
    assert.equal(await alice.refused('lookup carol'), 'USER_UNKNOWN');
    assert.equal(await alice.refused('add carol'), 'USER_UNKNOWN');
    assert.equal(await alice.refused('add bob'), 'ALREADY_FRIENDS');
    assert.equal(await alice.refused('say alice hi'), 'SELF');
    assert.equal(await alice.refused('accept carol'), 'NO_REQUEST');
    assert.equal(await alice.refused('say ../etc hi'), 'NAME_INVALID');
    assert.equal(await alice.refused('cancel AAAAAAAAAAAAAAAAAAAAAA'), 'MESSAGE_UNKNOWN');
  });
});

function say(from: JsonClient, to: string, text: string): Promise<Answers['say']> {
  return from.does<Answers['say']>(`say ${to} ${text}`);
}

async function historyOf(client: JsonClient, asked: string): Promise<Answers['history']['messages']> {
  return (await client.does<Answers['history']>(`history ${asked}`)).messages;
}

/** The fields that both ends must have in common. */
function said({ id, from, text, at, kind }: Answers['history']['messages'][number]): readonly string[] {
  return [id, from, text, at, kind];
}
