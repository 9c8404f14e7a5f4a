// Refusals: every code has a sentence and a status, and nothing from outside can be read as one of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRefusalCode, Refusal, REFUSAL_CODES, refusalStatus, refusalText } from '../../../protocols/kit/refusals.js';

test('every code says what is wrong in one line, and has the status of an error', () => {
  for (const code of REFUSAL_CODES) {
    const text = refusalText(new Refusal(code, 'bob'));
    assert.match(text, /^\S[^\n]{10,}$/, code);
    assert.doesNotMatch(text, /\{about\}/, code);
    assert.ok(refusalStatus(code) >= 400 && refusalStatus(code) < 600, code);
  }
});

test('what it is about stands wherever the sentence names it, taken literally', () => {
  assert.equal(refusalText(new Refusal('NOT_FRIENDS', 'bob')), 'You and bob are not friends. Type: add bob');
  assert.match(refusalText(new Refusal('USER_UNKNOWN', "$& $1 $' {about}")), /called \$& \$1 \$' \{about\}\. Check/);
});

test('only codes of the table are codes, not what every object has', () => {
  for (const code of REFUSAL_CODES) assert.ok(isRefusalCode(code));
  for (const code of ['', 'toString', '__proto__', 'constructor', 'not_friends', 'NOT_FRIENDS ']) {
    assert.ok(!isRefusalCode(code), code);
  }
});

test('a code from outside that we do not know is the fault of the name server', () => {
  assert.deepEqual(Refusal.from('NAME_TAKEN', 'bob'), new Refusal('NAME_TAKEN', 'bob'));
  assert.deepEqual(Refusal.from('__proto__', 'bob'), new Refusal('SERVER_FAULT', '__proto__'));
});
