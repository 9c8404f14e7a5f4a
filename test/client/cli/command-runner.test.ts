// The command runner: one result per line, which lines run alone, and which are answered without the client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Confirmations } from '../../../client/cli/confirmations.js';
import { Passphrases } from '../../../client/cli/passphrases.js';
import { CommandRunner, type CommandResult } from '../../../client/cli/command-runner.js';
import type { Answer } from '../../../protocols/control/answer.js';
import { FakeClient, NOON } from './fakes/fake-client.js';
import { FakeClock, settled } from './fakes/fake-host.js';

function bench() {
  const [client, clock] = [new FakeClient(), new FakeClock()];
  return { client, clock, runner: new CommandRunner(client, clock, new Passphrases(undefined), new Confirmations()) };
}

function codeOf(reply: CommandResult | null): string | null {
  return reply && !reply.ok ? reply.refusal.code : null;
}

test('[CTRL-20] lines typed before connect is answered belong to the conversation', async () => {
  const { client, runner } = bench();
  let answer: (answer: Answer) => void = () => undefined;
  client.answers.set('connect', new Promise((resolve) => (answer = resolve)));
  const replies = Promise.all(['connect bob', 'hi', '/exit', 'who'].map((line) => runner.run(line)));
  await settled();
  assert.equal(client.commands.length, 1);
  answer({ ok: true, data: { user: 'bob', online: true, unread: 0 } });
  await replies;
  assert.deepEqual(client.commands.slice(1), [
    { type: 'say', user: 'bob', text: 'hi' },
    { type: 'leave' },
    { type: 'who' },
  ]);
  assert.equal(runner.conversation, null);
});

test('[CTRL-20] a waiting line does not delay the others', async () => {
  const { client, runner } = bench();
  client.answers.set('lookup', new Promise(() => undefined));
  void runner.run('lookup bob');
  assert.equal((await runner.run('who'))?.ok, true);
});

test('after a refused connect no conversation is open', async () => {
  const { runner } = bench();
  assert.equal(codeOf(await runner.run('connect dave')), 'NOT_FRIENDS');
  assert.equal(runner.conversation, null);
});

test('a fault of the client does not block the next line', async () => {
  const { client, runner } = bench();
  client.answers.set('connect', Promise.reject(new Error('broken promise')));
  await assert.rejects(runner.run('connect bob'), /broken promise/);
  assert.equal((await runner.run('who'))?.ok, true);
});

test('[CTRL-11] the data of wait is the event, in a conversation too', async () => {
  const { client, runner } = bench();
  const event = { event: 'chat', from: 'bob', text: 'hi', id: 'm1', at: NOON } as const;
  await runner.run('connect bob');
  runner.handleEvent(event);
  const reply = await runner.run('/wait chat');
  assert.ok(reply?.ok);
  assert.deepEqual(reply.data, event);
  assert.equal(client.commands.length, 1);
});

test('[CTRL-24] stopping ends every wait', async () => {
  const { runner } = bench();
  const waiting = runner.run('wait chat');
  await settled();
  assert.equal(runner.waits.hasAny, true);
  runner.waits.stopAll();
  assert.equal(codeOf(await waiting), 'WAIT_STOPPED');
  assert.equal(runner.waits.hasAny, false);
});

test('[CTRL-4] help for an unknown word names the nearest command', async () => {
  const { runner } = bench();
  const reply = await runner.run('help histroy');
  assert.ok(reply && !reply.ok);
  assert.equal(reply.refusal.about, 'histroy. Did you mean: history');
});
