// Names of users: their letters, and the look-alikes of the system's own words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileShape, NameText } from '../../../protocols/kit/shapes.js';
import { canonicalName, isName } from '../../../protocols/kit/names.js';

test('a name has 2 to 32 of a-z, 0-9, _ and -, and starts with a letter or digit', () => {
  for (const name of ['al', 'bob', '7of9', 'a_b-c', 'x'.repeat(32)]) assert.ok(isName(name), name);
  const others = ['', 'a', 'x'.repeat(33), '_bob', '-bob', 'Bob', 'bo b', 'böb', 'bob\n', 'bob.', 'b/ob', '../bob'];
  for (const name of others) assert.ok(!isName(name), name);
});

test('a typed name is lower-cased and otherwise unchanged', () => {
  assert.equal(canonicalName('Bob'), 'bob');
  assert.equal(canonicalName('ALICE_1'), 'alice_1');
  assert.equal(canonicalName(' bob'), null);
  assert.equal(canonicalName('bob!'), null);
});

test('words of the system and whatever looks like one are kept back', () => {
  const alike = ['root', 'r00t', 'ro-ot', 'r_o_o_t-', 'admin', 'adm1n', 'admln', '4dmin', 'k1th', 'kith', 'klth'];
  const more = [
    'nameserver',
    'name-server',
    'n4me5erver',
    'system',
    '5y5tem',
    'user',
    'us3r',
    'group',
    'gr0up',
    'adrnin',
    'systern',
    ...['exit', 'quit', 'help', 'me'],
  ];
  for (const name of [...alike, ...more]) assert.ok(!isName(name), name);
  assert.equal(canonicalName('R00T'), null);
});

test('a name that only holds such a word is free', () => {
  for (const name of ['rooty', 'badmin', 'kithara', 'usera', 'groupie', 'arnold', 'bernard', 'modern', 'm3', 'ex-it'])
    assert.ok(isName(name), name);
});

test('every name there may be fits the shape of names on the wire', () => {
  const shape = compileShape(NameText);
  for (const name of ['al', 'x'.repeat(32), '7of9']) assert.ok(shape.accepts(name));
  for (const name of ['a', 'x'.repeat(33), 'Bob', 'bob\n']) assert.ok(!shape.accepts(name));
});
