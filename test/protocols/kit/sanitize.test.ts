// Text of others on a terminal: it stays where it is put, in the direction and colour of its neighbours.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sanitize } from '../../../protocols/kit/sanitize.js';

test('what moves cursors, rings bells or sets colours is shown and does nothing', () => {
  assert.equal(sanitize('\u001b[2Jgone'), '\ufffd[2Jgone');
  assert.equal(sanitize('a\u0007b\u0008c\u007fd\u009be'), 'a\ufffdb\ufffdc\ufffdd\ufffde');
});

test('what breaks a line or jumps is one space', () => {
  assert.equal(sanitize('a\tb\nc\rd\u2028e\u2029f'), 'a b c d e f');
});

test('what turns text around or hides is made visible', () => {
  for (const letter of '\u061c\u200b\u200e\u200f\u202a\u202d\u202e\u2060\u2066\u2069\ufeff\ufff9') {
    assert.equal(sanitize(`a${letter}b`), 'a\ufffdb', letter.codePointAt(0)?.toString(16));
  }
});

test('ordinary text of any script, emoji and their joiners included, stays as it is', () => {
  for (const text of ['Grüße, Ωmega', 'مرحبا', 'می‌خواهم', '你好', '👩‍👩‍👧', 'a  b']) {
    assert.equal(sanitize(text), text);
  }
});

test('no control is left in any text, and making it harmless twice changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const once = sanitize(text);
      assert.doesNotMatch(once, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
      assert.equal(sanitize(once), once);
    }),
  );
});
