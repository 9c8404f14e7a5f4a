// Tests the shape and the kinds of letters.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLEETING_KINDS, FRIENDSHIP_KINDS, LETTER_KINDS, letterShape } from '../../../protocols/letters/messages.js';
import { Person } from '../../nameserver/person.js';

const { device } = new Person('bob');
const letter = { from: 'bob', device, to: 'alice', toDevice: device, kind: 'bye', at: 1, body: {} };

test('[LETTER-8] a letter needs every field except `expires`, and no other', () => {
  assert.ok(letterShape.accepts(letter) && letterShape.accepts({ ...letter, expires: 2 }));
  for (const key of ['from', 'device', 'to', 'toDevice', 'kind', 'at']) {
    assert.ok(!letterShape.accepts({ ...letter, [key]: undefined }), key);
  }
  const wrong = [{ kind: 'order' }, { from: 'Bob' }, { at: -1 }, { expires: 1.5 }, { toDevice: 'x' }, { more: 1 }];
  for (const change of wrong) assert.ok(!letterShape.accepts({ ...letter, ...change }), JSON.stringify(change));
});

test('every kind is accepted, with any body', () => {
  for (const kind of LETTER_KINDS) {
    for (const body of [null, 7, 'x', [], { a: 1 }]) assert.ok(letterShape.accepts({ ...letter, kind, body }));
  }
});

test('[LETTER-4] offers and answers are fleeting; friendship letters are not', () => {
  assert.deepEqual([...FLEETING_KINDS].sort(), ['answer', 'offer']);
  for (const kind of FRIENDSHIP_KINDS) assert.ok(!FLEETING_KINDS.includes(kind));
});
