// The layout of a log: a heading for each day, a mark above new messages, one header for consecutive messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { LogLine } from '../../../web/state/log-lines.js';
import { logRows } from '../../../web/state/log-rows.js';
import { ALICE, BOB, said } from './people.js';

/** 2027-01-15, 12:00 in Berlin. */
const NOON = Date.UTC(2027, 0, 15, 11);
const HOUR = 3_600_000;
const region = { clock: 'en-GB', zone: 'Europe/Berlin' };

function layout(lines: readonly LogLine[], firstNewId: string | null = null): string[] {
  return logRows(lines, { firstNewId, isTruncated: false, now: NOON, region }).map((row) => {
    switch (row.type) {
      case 'day':
        return `== ${row.text}`;
      case 'truncated':
        return '...';
      case 'new':
        return '-- new';
      case 'note':
        return `* ${row.note.text}`;
      case 'message':
        return `${row.hasHeader ? row.line.from.name : ''}: ${row.line.text}`;
    }
  });
}

test('each day has a heading, in the time zone of the reader', () => {
  const lines = [
    said(ALICE, 'last week', NOON - 7 * 24 * HOUR),
    said(ALICE, 'before midnight', NOON - 12.5 * HOUR),
    said(ALICE, 'after midnight', NOON - 11.5 * HOUR),
  ];
  assert.deepEqual(layout(lines), [
    ...['== Friday 8 January', 'alice: last week'],
    ...['== Yesterday', 'alice: before midnight'],
    ...['== Today', 'alice: after midnight'],
  ]);
});

test('consecutive messages share a header until a pause, another author or another name', () => {
  const later = NOON + LIMITS.pageGroupMs;
  const lines = [
    said(ALICE, '1', NOON),
    said(ALICE, '2', NOON + 1),
    said({ ...ALICE, name: 'bob' }, '3', NOON + 2),
    said(BOB, '4', NOON + 3),
    said(BOB, '5', later + 3),
  ];
  assert.deepEqual(layout(lines), ['== Today', 'alice: 1', ': 2', 'bob: 3', 'bob: 4', 'bob: 5']);
});

test('the "New" mark and a note start a new header', () => {
  const [first, second, third] = [said(ALICE, '1', NOON), said(ALICE, '2', NOON), said(ALICE, '3', NOON)];
  const note: LogLine = { type: 'note', id: 'n', text: 'away', at: NOON };
  assert.deepEqual(layout([first, second, note, third], second.id), [
    ...['== Today', 'alice: 1', '-- new', 'alice: 2', '* away', 'alice: 3'],
  ]);
});

test('a truncated log begins with a row that says so', () => {
  const [first] = logRows([said(ALICE, '1', NOON)], { firstNewId: null, isTruncated: true, now: NOON, region });
  assert.equal(first?.type, 'truncated');
});

test('messages that are being sent stand below the others', () => {
  const own: LogLine = { ...said(ALICE, 'mine', NOON), isMine: true, status: { type: 'sending' } };
  assert.deepEqual(layout([own, said(BOB, 'theirs', NOON)]), ['== Today', 'bob: theirs', 'alice: mine']);
});
