// The words that Tab offers, by the command table.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completions } from '../../../../client/cli/terminal/completion.js';
import { KnownWords } from '../../../../client/cli/terminal/known-words.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { NOON, WAITING } from '../fakes/fake-client.js';

const SOURCES = {
  users: ['bob', 'bella', 'carol'],
  groups: ['lake'],
  channels: ['lab'],
  ids: ['m1', 'm2'],
  conversation: null,
};

function offered(line: string, conversation: string | null = null): string {
  const [words, replaced] = completions(line, { ...SOURCES, conversation });
  return `${words.map((word) => word.trim()).join(' ')} | ${replaced}`;
}

test('Tab offers the words that the grammar allows there', () => {
  const table: [line: string, offer: string][] = [
    ['hi', 'history | hi'],
    ['/hi', '/history | /hi'],
    ['connect b', 'bob bella | b'],
    ['connect bob ', ' | '],
    ['say b', 'bob bella | b'],
    ['say bob b', ' | b'],
    ['cancel m', 'm1 m2 | m'],
    ['help hist', 'history | hist'],
    ['wait ch', 'chat channel | ch'],
    ['join l', 'lab | l'],
    ['#', '#lab | #'],
    ['/#l', '/#lab | /#l'],
    ['private b', 'bob bella | b'],
    ['verify --c', '--confirm | --c'],
    ['verify bob --', '--confirm --reject | --'],
    ['history --limit', '--limit | --limit'],
    ['search lake fr', 'from:bob from:bella from:carol | fr'],
    ['search from:b', 'from:bob from:bella | from:b'],
    ['search lake in:c', 'in:carol | in:c'],
    ['nonsense b', ' | b'],
  ];
  for (const [line, offer] of table) assert.equal(offered(line), offer, line);
});

test('in a conversation commands begin with a slash, and names complete in messages', () => {
  assert.equal(offered('/conn', 'bob'), '/connect | /conn');
  assert.equal(offered('/connect c', 'bob'), 'carol | c');
  assert.equal(offered('ask ca', 'bob'), 'carol | ca');
  assert.equal(offered('', 'bob'), ' | ');
});

test('names and ids are known once seen, and invalid names are not', () => {
  const known = new KnownWords();
  known.addEvent({ event: 'chat', from: 'bob', text: 'hi', id: 'm1', at: NOON });
  const line = { joined: true, here: [], count: 1, elsewhere: 0 };
  known.addResult({ ok: true, command: { type: 'join', channel: 'lab' }, data: { channel: 'lab', ...line } });
  known.addResult({ ok: true, command: { type: 'who' }, data: { users: ['dave', '\u001b[2J'] } });
  known.addResult({ ok: true, command: { type: 'outbox' }, data: { messages: [WAITING] } });
  assert.deepEqual(known.channels, ['lab']);
  assert.deepEqual(known.users, ['bob', 'dave', 'carol']);
  assert.deepEqual(known.ids, ['m1', WAITING.id]);
});

test('the names seen longest ago are forgotten', () => {
  const known = new KnownWords();
  for (let k = 0; k <= LIMITS.completionNamesMax; k += 1)
    known.addEvent({ event: 'online', user: `user-${k}`, at: NOON });
  assert.equal(known.users.length, LIMITS.completionNamesMax);
  assert.equal(known.users[0], 'user-1');
});
