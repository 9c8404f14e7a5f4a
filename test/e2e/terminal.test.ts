// Two users type at real terminals at the same time: no line is garbled, and no half-typed text is lost.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Testbed } from './testbed/testbed.js';
import { needsTerminal, TerminalClient } from './testbed/terminal-client.js';

const LINES = 8;

test(
  '[CTRL-18] two who type at once see every line whole, once, and their own half-typed one',
  needsTerminal(),
  async (t) => {
    const testbed = await Testbed.during(t);
    for (const client of await testbed.friends('alice', 'bob')) await client.leaves();
    const [alice, bob] = [terminalOf(testbed, 'alice'), terminalOf(testbed, 'bob')];
    t.after(() => Promise.all([alice.kill(), bob.kill()]));
    for (const [client, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      await client.shows('its prompt', (rows) => rows.at(-1) === `${client.user}>` && isOnline(rows));
      client.press(`connect ${other.user}\r`);
    }
    for (const client of [alice, bob])
      await client.shows('the conversation', (rows) => / → .*>$/.test(rows.at(-1) ?? ''));

    typeAtOnce(alice, bob);
    for (const [client, other] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const rows = await client.shows('all that was said', (shown) =>
        texts(other).every((text) => shown.some((row) => row.endsWith(text))),
      );
      for (const text of texts(other)) assertOneRow(rows, new RegExp(`^\\d\\d:\\d\\d +${other.user} +${text}$`));
      for (const text of texts(client)) assertOneRow(rows, ownLine(client.user, other.user, text));
    }

    alice.press('half a li');
    await alice.shows('her half line', (rows) => rows.at(-1) === 'alice → bob> half a li');
    bob.press('do not lose it\r');
    await alice.shows(
      'her half line below his',
      // A late line about her own messages ("8 read") may stand between the two.
      (rows) => rows.some((row) => row.endsWith('do not lose it')) && rows.at(-1) === 'alice → bob> half a li',
    );
    alice.press('ne\r');
    await bob.shows('her whole line', (rows) => rows.some((row) => /alice +half a line$/.test(row)));
  },
);

/** Replaced by the message with its time and state, or, where that was not possible, as it was typed. */
function ownLine(user: string, other: string, text: string): RegExp {
  return new RegExp(`^(?:${user} → ${other}> ${text}|\\d\\d:\\d\\d +${user} +${text} .*)$`);
}

function terminalOf(testbed: Testbed, user: string): TerminalClient {
  return new TerminalClient(user, { server: testbed.server.address, data: testbed.dataOf(user) });
}

function isOnline(rows: readonly string[]): boolean {
  return rows.some((row) => row.startsWith('Connected'));
}

/** Long enough that lines of the other user arrive during typing. */
function texts({ user }: TerminalClient): string[] {
  return Array.from({ length: LINES }, (_, k) => `${user} line ${k + 1} of ${LINES} ${'abcdefghij'.repeat(3)}`);
}

/** Keys of both users, alternating. */
function typeAtOnce(one: TerminalClient, other: TerminalClient): void {
  const [left, right] = [one, other].map((client) =>
    texts(client)
      .map((text) => `${text}\r`)
      .join(''),
  );
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at += 1) {
    one.press(left?.[at] ?? '');
    other.press(right?.[at] ?? '');
  }
}

function assertOneRow(rows: readonly string[], pattern: RegExp): void {
  assert.equal(rows.filter((row) => pattern.test(row)).length, 1, `${String(pattern)} in\n${rows.join('\n')}`);
}
