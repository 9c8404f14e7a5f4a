// One line in, one reply out: what turns, what runs side by side, what the face answers by itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Passphrases } from '../../../client/cli/passphrases.js';
import { CommandRunner, type CommandResult } from '../../../client/cli/command-runner.js';
import type { Answer } from '../../../protocols/control/answer.js';
import { FakeClient, NOON } from './fakes/fake-client.js';
import { FakeClock, settled } from './fakes/fake-host.js';

function bench() {
  const [engine, clock] = [new FakeClient(), new FakeClock()];
  return { engine, clock, runner: new CommandRunner(engine, clock, new Passphrases(undefined)) };
}

function codeOf(reply: CommandResult | null): string | null {
  return reply && !reply.ok ? reply.refusal.code : null;
}

test('[CTRL-20] lines typed ahead of an answer to connect belong to the conversation', async () => {
  const { engine, runner } = bench();
  let answer: (answer: Answer) => void = () => undefined;
  engine.answers.set('connect', new Promise((resolve) => (answer = resolve)));
  const replies = Promise.all(['connect bob', 'hi', '/exit', 'who'].map((line) => runner.run(line)));
  await settled();
  assert.equal(engine.commands.length, 1);
  answer({ ok: true, data: { user: 'bob', online: true, unread: 0 } });
  await replies;
  assert.deepEqual(engine.commands.slice(1), [
    { type: 'say', user: 'bob', text: 'hi' },
    { type: 'leave' },
    { type: 'who' },
  ]);
  assert.equal(runner.conversation, null);
});

test('[CTRL-20] a line that waits does not hold up the others', async () => {
  const { engine, runner } = bench();
  engine.answers.set('lookup', new Promise(() => undefined));
  void runner.run('lookup bob');
  assert.equal((await runner.run('who'))?.ok, true);
});

test('a conversation that could not be opened is not open', async () => {
  const { runner } = bench();
  assert.equal(codeOf(await runner.run('connect dave')), 'NOT_FRIENDS');
  assert.equal(runner.conversation, null);
});

test('a fault of the engine does not block the next line', async () => {
  const { engine, runner } = bench();
  engine.answers.set('connect', Promise.reject(new Error('broken promise')));
  await assert.rejects(runner.run('connect bob'), /broken promise/);
  assert.equal((await runner.run('who'))?.ok, true);
});

test('[CTRL-11] wait is answered by the runner, in a conversation too, and its data is the event', async () => {
  const { engine, runner } = bench();
  const event = { event: 'chat', from: 'bob', text: 'hi', id: 'm1', at: NOON } as const;
  await runner.run('connect bob');
  runner.handleEvent(event);
  const reply = await runner.run('/wait chat');
  assert.ok(reply?.ok);
  assert.deepEqual(reply.data, event);
  assert.equal(engine.commands.length, 1);
});

test('[CTRL-24] giving up ends every wait', async () => {
  const { runner } = bench();
  const waiting = runner.run('wait chat');
  await settled();
  assert.equal(runner.waits.hasAny, true);
  runner.waits.stopAll();
  assert.equal(codeOf(await waiting), 'WAIT_STOPPED');
  assert.equal(runner.waits.hasAny, false);
});

test('[CTRL-4] help of an unknown word names the nearest', async () => {
  const { runner } = bench();
  const reply = await runner.run('help histroy');
  assert.ok(reply && !reply.ok);
  assert.equal(reply.refusal.about, 'histroy. Did you mean: history');
});
