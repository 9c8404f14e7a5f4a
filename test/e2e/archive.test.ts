// Search, export, backup and restore by real programs on real disks.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';
import type { Answers } from '../../protocols/control/answer.js';
import { CLIENT } from '../../start/programs.js';
import type { JsonClient } from './testbed/json-client.js';
import { RunningProgram } from './testbed/running-program.js';
import { Testbed } from './testbed/testbed.js';
import { needsTerminal, TerminalClient } from './testbed/terminal-client.js';

const PASSPHRASE = 'correct horse';
process.env['KITH_PASSPHRASE'] = PASSPHRASE; // for every client of this file

async function talks(from: JsonClient, to: JsonClient, ...texts: string[]): Promise<void> {
  for (const text of texts) {
    const { id } = await from.does<Answers['say']>(`say ${to.user} ${text}`);
    await to.hears('chat', { id });
    await from.hears('state', { id, state: 'delivered' });
  }
}

async function texts(client: JsonClient, peer: string): Promise<string[]> {
  const { messages } = await client.does<Answers['history']>(`history ${peer}`);
  return messages.map(({ from, text }) => `${from}: ${text}`);
}

/** Runs one command for alice; gives the exit code and stderr. */
async function runs(testbed: Testbed, line: string, passphrase: string): Promise<[number | null, string]> {
  const place = [testbed.server.address, '--user', 'alice', '--data', testbed.dataOf('alice'), '--host', '127.0.0.1'];
  const args = [...place, '-c', line];
  const program = new RunningProgram({ name: line, command: CLIENT, args, env: { KITH_PASSPHRASE: passphrase } });
  const { code } = await program.ended;
  return [code, program.stderrLines.join('\n')];
}

test('search finds messages, and export writes all of them', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  await talks(alice, bob, 'to the lake?', '<b>bold</b>');
  await talks(bob, alice, 'Lake it is');
  const found = await alice.does<Answers['search']>('search lake');
  assert.deepEqual(
    found.messages.map(({ from, in: within, text }) => [from, within, text]),
    [
      ['bob', 'bob', 'Lake it is'],
      ['alice', 'bob', 'to the lake?'],
    ],
  );
  assert.equal((await alice.does<Answers['search']>('search lake from:bob before:2020-01-01')).messages.length, 0);
  const json = await alice.does<Answers['export']>('export');
  assert.equal(json.messages, 3);
  const { conversations } = JSON.parse(readFileSync(json.path, 'utf8')) as {
    conversations: { with: string; messages: { text: string }[] }[];
  };
  assert.deepEqual(
    conversations.map((one) => [one.with, ...one.messages.map(({ text }) => text)]),
    [['bob', 'to the lake?', '<b>bold</b>', 'Lake it is']],
  );
  const page = join(testbed.directory, 'page.html');
  await alice.does(`export --format html --to ${page}`);
  assert.match(readFileSync(page, 'utf8'), /&lt;b&gt;bold&lt;\/b&gt;/);
  assert.equal(await alice.refused(`export --format html --to ${page}`), 'FILE_EXISTS');
});

test('[CHAT-18] after an old backup is restored, both have all messages and can continue', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  const file = join(testbed.directory, 'alice.backup');
  await talks(alice, bob, 'one', 'two');
  const made = await alice.does<Answers['backup']>(`backup ${file}`);
  assert.deepEqual([made.user, made.messages, made.friends], ['alice', 2, 1]);
  await talks(alice, bob, 'three');
  await talks(bob, alice, 'four');

  const { before } = await alice.does<Answers['restore']>(`restore ${file}`);
  assert.equal((await alice.program.ended).code, 0);
  const restored = await testbed.online('alice');
  assert.ok(existsSync(join(before ?? '', 'client.db')), 'the replaced data is kept');
  await restored.hears('warning', { code: 'RENEWED' });
  await restored.hears('warning', { code: 'REFILLED' });
  await talks(restored, bob, 'five');
  await talks(bob, restored, 'six');
  const said = ['alice: one', 'alice: two', 'alice: three', 'bob: four', 'alice: five', 'bob: six'];
  assert.deepEqual([...(await texts(bob, 'alice'))].sort(), [...said].sort());
  assert.deepEqual([...(await texts(restored, 'bob'))].sort(), [...said].sort());
});

test('restore --check detects a wrong passphrase and a damaged file, and changes nothing', async (t) => {
  const testbed = await Testbed.during(t);
  const alice = await testbed.client('alice');
  const file = join(testbed.directory, 'alice.backup');
  await alice.does(`backup ${file}`);
  await alice.leaves();
  const before = readFileSync(join(testbed.dataOf('alice'), 'identity.json'));
  assert.deepEqual(await runs(testbed, `restore ${file} --check`, PASSPHRASE), [0, '']);
  const [wrong, why] = await runs(testbed, `restore ${file}`, 'correct hose');
  assert.equal(wrong, 3);
  assert.match(why, /^! The passphrase does not open .*alice\.backup\. Try again\.$/);
  const [unknown, what] = await runs(testbed, `restore ${file}.draft`, PASSPHRASE);
  assert.equal(unknown, 3);
  assert.match(what, /there is no such file/);
  assert.ok(readFileSync(join(testbed.dataOf('alice'), 'identity.json')).equals(before));
  assert.ok(!existsSync(join(testbed.dataOf('alice'), 'archive.draft')));
});

test('[CTRL-22] a terminal does not show a typed passphrase', needsTerminal(), async (t) => {
  const testbed = await Testbed.during(t);
  delete process.env['KITH_PASSPHRASE'];
  t.after(() => (process.env['KITH_PASSPHRASE'] = PASSPHRASE));
  const file = join(testbed.directory, 'a.backup');
  const terminal = new TerminalClient('alice', { server: testbed.server.address, data: testbed.dataOf('alice') });
  t.after(() => terminal.kill());
  await terminal.shows('its prompt', (rows) => rows.at(-1) === 'alice>');
  terminal.press(`backup ${file}\r`);
  await terminal.shows('the question', (rows) => rows.at(-1) === 'Passphrase for the backup:');
  terminal.press(`${PASSPHRASE}\r`);
  await terminal.shows('the second question', (rows) => rows.at(-1) === 'Repeat the passphrase:');
  terminal.press(`${PASSPHRASE}\r`);
  const rows = await terminal.shows('that it is done', (shown) => shown.some((row) => /^Saved your keys, /.test(row)));
  assert.doesNotMatch(rows.join('\n'), /correct|horse/);
  assert.ok(existsSync(file));
});
