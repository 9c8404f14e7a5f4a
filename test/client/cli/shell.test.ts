// One line in, one reply out: what turns, what runs side by side, what the face answers by itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Passphrases } from '../../../client/cli/passphrases.js';
import { Shell, type Reply } from '../../../client/cli/shell.js';
import type { Answer } from '../../../protocols/control/answer.js';
import { FakeEngine, NOON } from './fakes/fake-engine.js';
import { FakeClock, settled } from './fakes/fake-host.js';

function bench() {
  const [engine, clock] = [new FakeEngine(), new FakeClock()];
  return { engine, clock, shell: new Shell(engine, clock, new Passphrases(undefined)) };
}

function codeOf(reply: Reply | null): string | null {
  return reply && !reply.ok ? reply.refusal.code : null;
}

test('[CTRL-20] lines typed ahead of an answer to connect belong to the conversation', async () => {
  const { engine, shell } = bench();
  let answer: (answer: Answer) => void = () => undefined;
  engine.instead.set('connect', new Promise((resolve) => (answer = resolve)));
  const replies = Promise.all(['connect bob', 'hi', '/exit', 'who'].map((line) => shell.run(line)));
  await settled();
  assert.equal(engine.heard.length, 1);
  answer({ ok: true, data: { user: 'bob', online: true, unread: 0 } });
  await replies;
  assert.deepEqual(engine.heard.slice(1), [
    { type: 'say', user: 'bob', text: 'hi' },
    { type: 'leave' },
    { type: 'who' },
  ]);
  assert.equal(shell.conversation, null);
});

test('[CTRL-20] a line that waits does not hold up the others', async () => {
  const { engine, shell } = bench();
  engine.instead.set('lookup', new Promise(() => undefined));
  void shell.run('lookup bob');
  assert.equal((await shell.run('who'))?.ok, true);
});

test('a conversation that could not be opened is not open', async () => {
  const { shell } = bench();
  assert.equal(codeOf(await shell.run('connect dave')), 'NOT_FRIENDS');
  assert.equal(shell.conversation, null);
});

test('a fault of the engine does not block the next line', async () => {
  const { engine, shell } = bench();
  engine.instead.set('connect', Promise.reject(new Error('broken promise')));
  await assert.rejects(shell.run('connect bob'), /broken promise/);
  assert.equal((await shell.run('who'))?.ok, true);
});

test('[CTRL-11] wait is answered by the shell, in a conversation too, and its data is the event', async () => {
  const { engine, shell } = bench();
  const event = { event: 'chat', from: 'bob', text: 'hi', id: 'm1', at: NOON } as const;
  await shell.run('connect bob');
  shell.happened(event);
  const reply = await shell.run('/wait chat');
  assert.ok(reply?.ok);
  assert.deepEqual(reply.data, event);
  assert.equal(engine.heard.length, 1);
});

test('[CTRL-24] giving up ends every wait', async () => {
  const { shell } = bench();
  const waiting = shell.run('wait chat');
  await settled();
  assert.equal(shell.waits.areAny, true);
  shell.waits.giveUp();
  assert.equal(codeOf(await waiting), 'WAIT_STOPPED');
  assert.equal(shell.waits.areAny, false);
});

test('[CTRL-4] help of an unknown word names the nearest', async () => {
  const { shell } = bench();
  const reply = await shell.run('help histroy');
  assert.ok(reply && !reply.ok);
  assert.equal(reply.refusal.about, 'histroy. Did you mean: history');
});
