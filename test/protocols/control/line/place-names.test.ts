// Names that a friend and a group share, in every command that takes one of the two.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine } from '../../../../protocols/control/line/parse-line.js';

test('[CTRL-46] every command that takes a friend or a group has a form for each', () => {
  const lines: [string, unknown][] = [
    ['connect user:bob', { type: 'connect', user: 'bob' }],
    ['connect group:Bob', { type: 'group', group: 'bob' }],
    ['say user:bob hi', { type: 'say', user: 'bob', text: 'hi' }],
    ['say group:bob hi', { type: 'broadcast', group: 'bob', text: 'hi' }],
    ['group group:bob', { type: 'group', group: 'bob' }],
    ['broadcast group:bob hi', { type: 'broadcast', group: 'bob', text: 'hi' }],
    ['history user:bob', { type: 'history', user: 'bob', nameKind: 'user', limit: 50, before: null }],
    ['history group:bob', { type: 'history', user: 'bob', nameKind: 'group', limit: 50, before: null }],
    ['search lake in:bob', { type: 'search', words: ['lake'], from: null, before: null, in: 'bob' }],
    [
      'search lake in:group:bob',
      { type: 'search', words: ['lake'], from: null, before: null, in: 'bob', inKind: 'group' },
    ],
  ];
  for (const [line, expected] of lines) assert.deepEqual(parseLine(line, null), expected, line);
});
