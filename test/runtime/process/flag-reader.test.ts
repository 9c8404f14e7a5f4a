// The flag reader: values in their range, defaults, and one line for each problem.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlagReader, type Flags } from '../../../runtime/process/flag-reader.js';

const PORT = { least: 0, most: 65_535 };

function problemOf(flags: Flags, read: (reader: FlagReader) => unknown): string {
  const reader = new FlagReader(flags, { index: 'The index' });
  read(reader);
  return reader.problemLines.join('\n');
}

test('flags that are absent have their defaults', () => {
  const reader = new FlagReader({});
  assert.deepEqual([reader.text('data', 'data'), reader.whole('port', 5, PORT), reader.all('peer')], ['data', 5, []]);
  assert.deepEqual([reader.has('data'), reader.isSet('json'), reader.isOff('channels')], [false, false, false]);
  assert.deepEqual(reader.problems, []);
});

test('typed flags are read', () => {
  const reader = new FlagReader({ data: 'here', port: '80', peer: ['a', 'b'], json: true, channels: false });
  assert.deepEqual([reader.text('data', ''), reader.whole('port', 5, PORT)], ['here', 80]);
  assert.deepEqual([reader.all('peer'), reader.isSet('json'), reader.isOff('channels')], [['a', 'b'], true, true]);
});

test('a number out of its range is a problem that names the flag', () => {
  const line = '--tcp-port must be a whole number from 0 to 65535, not "70000".';
  assert.equal(
    problemOf({ tcpPort: '70000' }, (reader) => reader.whole('tcpPort', 5, PORT)),
    line,
  );
  for (const typed of ['', '-1', '1.5', 'x', '1e3'])
    assert.notEqual(
      problemOf({ tcpPort: typed }, (reader) => reader.whole('tcpPort', 5, PORT)),
      '',
    );
});

test('an argument is called by its label', () => {
  assert.match(
    problemOf({ index: '9' }, (reader) => reader.whole('index', 1, { least: 1, most: 3 })),
    /^The index must/,
  );
});

test('a text without characters, or with NUL, is a problem', () => {
  for (const data of ['', ' ', 'a\0b'])
    assert.equal(
      problemOf({ data }, (reader) => reader.text('data', 'x')),
      '--data needs a value.',
    );
});
