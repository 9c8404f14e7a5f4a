// Keys become a line: letters, erasing, keys that are no letters, and the ends of a line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TypedLine } from '../../../../../client/cli/terminal/typing/typed-line.js';

function press(keys: string): { meant: string[]; half: string } {
  const line = new TypedLine();
  const meant = [...line.press(keys)].filter((one) => one.type !== 'show');
  return { meant: meant.map((one) => (one.type === 'enter' ? one.line : one.type)), half: line.half };
}

test('[CTRL-18] keys make a line as in a terminal', () => {
  const table: [keys: string, meant: string[], half: string][] = [
    ['one\rtwo\r\nthree\nfo', ['one', 'two', 'three'], 'fo'],
    ['a\x7f\x7fb漢🙂\b', [], 'b漢'],
    ['some words\x17\x17more\x15last', [], 'last'],
    ['a\x1b[A\x1bOB\x07b\tc', [], 'ab c'],
    ['half\x03\x03\x04\x1a', ['interrupt', 'interrupt', 'end', 'suspend'], ''],
    ['half\x04', [], 'half'],
  ];
  for (const [keys, meant, half] of table) assert.deepEqual(press(keys), { meant, half }, JSON.stringify(keys));
});
