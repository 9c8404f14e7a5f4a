// The lines of `--json`, `-c` and pipes, exactly as in docs/contract.md, because scripts depend on them.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { CLIENT } from '../../start/programs.js';
import type { JsonClient } from './testbed/json-client.js';
import { GOLDEN_COMMANDS, GOLDEN_EVENTS } from './testbed/golden-lines.js';
import { masked } from './testbed/masked.js';
import { RunningProgram } from './testbed/running-program.js';
import { Testbed } from './testbed/testbed.js';

suite('scripts', () => {
  let testbed: Testbed;
  let bob: JsonClient;
  before(async () => {
    testbed = await Testbed.open();
    bob = await testbed.online('bob');
  });
  after(() => testbed.close());

  const start = (user: string, ...flags: string[]): RunningProgram => {
    const args = [
      testbed.server.address,
      '--user',
      user,
      '--data',
      testbed.dataOf(user),
      '--host',
      '127.0.0.1',
      ...flags,
    ];
    return new RunningProgram({ name: user, command: CLIENT, args });
  };

  test('a pipe gets one result for each command, in order, and the exit code is 3 after a refusal', async () => {
    const script = start('carol', '--json');
    const commands = ['online', '  lookup  bob', 'nonsense', 'LIST', '/whoami', 'add bob', 'outbox'];
    script.write(`# a comment\n\n${commands.join('\n')}`); // the last line without its end
    script.closeInput();
    assert.deepEqual(await script.ended, { code: 3, signal: null });
    const heard = script.lines.map((line) => JSON.parse(line) as { type: string; command?: string; ok?: boolean });
    assert.equal(heard[0]?.type, 'ready');
    const results = heard.filter(({ type }) => type === 'result');
    assert.deepEqual(
      results.map(({ command }) => command),
      commands,
    );
    assert.deepEqual(
      results.map(({ ok }) => ok),
      [true, true, false, true, true, true, true],
    );
    assert.ok(heard.slice(1).every(({ type }) => type === 'result' || type === 'event'));
  });

  test('-c runs its commands in order, then exits', async () => {
    const script = start('dave', '--json', '-c', 'online', '-c', 'who', '-c', 'lookup bob');
    assert.equal((await script.ended).code, 0);
    const results = script.lines.filter((line) => line.startsWith('{"type":"result"'));
    assert.deepEqual(
      results.map((line) => (JSON.parse(line) as { command: string }).command),
      ['online', 'who', 'lookup bob'],
    );
  });

  test('exit lists undelivered messages, which stay queued for the next start', async () => {
    const eve = await testbed.online('eve');
    await bob.does('add eve');
    await eve.hears('friend_request');
    await eve.does('accept bob');
    await eve.does('offline');
    await eve.does('say bob kept');
    const { data } = await eve.tell('exit');
    assert.deepEqual(masked(data), {
      waiting: [{ id: '<id>', to: 'bob', text: 'kept', at: '<time>', state: 'queued', nextTry: null, why: null }],
    });
    const script = start('eve', '-c', 'outbox');
    assert.equal((await script.ended).code, 0);
    assert.match(script.lines.join('\n'), /^1 message queued; sent when you start again:\n.*bob.*queued.*kept$/m);
  });

  test('all results and events of a conversation match the golden lines', async () => {
    const alice = await testbed.client('alice');
    const answers = answerAlice(bob);
    answers.catch(() => undefined); // awaited below
    for (const [line, outcome] of GOLDEN_COMMANDS) {
      const { command, ok, data, error } = await alice.tell(line);
      assert.deepEqual([command, ok, masked(data ?? error)], [line, !('code' in outcome), outcome], line);
    }
    await answers;
    await alice.program.ended;
    for (const [name, golden] of Object.entries(GOLDEN_EVENTS)) assert.deepEqual(eventsOf(alice, name), golden, name);
  });
});

/** The part of bob in the conversation. */
async function answerAlice(bob: JsonClient): Promise<void> {
  const { note } = await bob.hears('friend_request', { from: 'alice' });
  assert.equal(note, 'we met');
  await bob.does('accept alice');
  await bob.hears('quick', { text: 'two' });
  await bob.does('say alice three');
  await bob.does('message alice four');
  await bob.hears('chat', { text: 'five' });
  await bob.does('history alice');
  await bob.hears('friend_removed', { user: 'alice' });
}

/** The fields of all events of that name, masked. */
function eventsOf({ program }: JsonClient, name: string): unknown[] {
  const lines = program.lines.map((line) => JSON.parse(line) as { type: string; event?: string });
  return lines
    .filter(({ type, event }) => type === 'event' && event === name)
    .map(({ type: _type, event: _event, ...fields }) => masked(fields));
}
