// Scripts from a pipe and from `-c`: lines run in order until the end or an exit.

import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { runCli } from '../../../../client/cli/run-cli.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { FakeClient, NOON, READY, WAITING } from '../fakes/fake-client.js';
import { pipeHost, settled } from '../fakes/fake-host.js';

function started(lines: string[] = [], json = false) {
  const [client, host] = [new FakeClient(), pipeHost()];
  return { client, host, over: runCli({ api: client, ready: READY }, { json, plain: false, lines }, host) };
}

test('[CTRL-15] a refused line does not stop the next, and makes the exit code 3', async () => {
  const { client, host, over } = started(['lookup nobody', 'who']);
  assert.equal(await over, 3);
  assert.deepEqual(
    client.commands.map((command) => command.type),
    ['lookup', 'who', 'exit'],
  );
  assert.equal(host.output.take(), 'Online now: alice, bob\n');
  assert.equal(host.errors.take(), '! There is no user called nobody. Check the spelling.\n');
});

test('[CTRL-15] without a refusal the exit code is 0', async () => {
  assert.equal(await started(['who']).over, 0);
});

test('[CTRL-16] the end of the input is an exit, inside a conversation too', async () => {
  const { client, host, over } = started();
  host.input.end('connect bob\nhi');
  assert.equal(await over, 0);
  assert.deepEqual(
    client.commands.map((command) => command.type),
    ['connect', 'say', 'exit'],
  );
});

test('[CTRL-16] queued messages are named; with --json on the error stream', async () => {
  for (const json of [false, true]) {
    const { client, host, over } = started(['who'], json);
    client.answers.set('exit', { ok: true, data: { waiting: [WAITING, { ...WAITING, state: 'held' }] } });
    assert.equal(await over, 0);
    const [named, other] = json ? [host.errors, host.output] : [host.output, host.errors];
    assert.match(named.take(), /1 message queued.*\n.*carol {2}queued {2}see you at eight\n$/);
    assert.doesNotMatch(other.take(), /not sent/);
  }
});

test('[CTRL-8] exit ends a script, and later lines do not run', async () => {
  const { client, over } = started(['connect bob', '/exit', 'exit', 'who']);
  assert.equal(await over, 0);
  assert.deepEqual(
    client.commands.map((command) => command.type),
    ['connect', 'leave', 'exit'],
  );
});

test('[CTRL-9] comments and empty lines of a script do nothing', async () => {
  const { client, over } = started(['# say bob hi', '', '#', '  # who']);
  assert.equal(await over, 0);
  assert.deepEqual(client.commands, [{ type: 'exit' }]);
});

test('Ctrl+C ends a script at once with 130', async () => {
  const { client, host, over } = started();
  client.answers.set('who', new Promise(() => undefined));
  host.input.write('who\n');
  await settled();
  host.interrupt();
  assert.equal(await over, 130);
});

test('[CTRL-17] [CTRL-19] text of other people moves no cursor, and a script prints no escape sequence', async () => {
  const { client, host, over } = started();
  await settled();
  const text = 'a\u001b[2Jb\u009b31mc\u202ed\u0007\ne';
  client.emit({ event: 'chat', from: 'bob', text, id: 'm1', at: NOON });
  client.emit({ event: 'friend_request', from: 'mallory', note: text, at: NOON });
  client.emit({ event: 'warning', code: 'KEY_CHANGED', message: text, at: NOON });
  client.emit({ event: 'connection', state: 'offline', reason: text, at: NOON });
  host.input.end();
  await over;
  const printed = host.output.take();
  assert.doesNotMatch(printed, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  assert.equal(printed.split('\n').length, 5);
});

test('[CTRL-23] after a restore no further line is read, and the client exits', async () => {
  const [client, host] = [new FakeClient(), { ...pipeHost(), passphrase: 'correct horse' }];
  const lines = ['restore a.backup --check', 'restore a.backup', 'who'];
  assert.equal(await runCli({ api: client, ready: READY }, { json: false, plain: false, lines }, host), 0);
  assert.deepEqual(
    client.commands.map((command) => command.type),
    ['restore', 'restore', 'exit'],
  );
  assert.equal(
    host.output.take(),
    [
      'a.backup can be restored: the keys of alice, 3 messages and 1 friend, saved 08:30 on Thursday 19 November 2026.',
      'From the next start on you have the keys of alice, 3 messages and 1 friend, saved 08:30 on Thursday 19 November 2026.',
      'The data of today will be in data/alice/before-restore-20261120T120000000Z. This program ends now; start it again.',
      '',
    ].join('\n'),
  );
});

test('[CTRL-22] without KITH_PASSPHRASE a script refuses a backup and names the variable', async () => {
  const { client, host, over } = started(['backup a.backup']);
  assert.equal(await over, 3);
  assert.match(host.errors.take(), /KITH_PASSPHRASE/);
  assert.deepEqual(
    client.commands.map((command) => command.type),
    ['exit'],
  );
});

test('[CTRL-24] Ctrl+C ends a waiting script, and no timer keeps the program alive', async () => {
  const { client, host, over } = started(['wait chat 60', 'who']);
  await settled();
  assert.equal(host.clock.pending, 1);
  host.interrupt();
  assert.equal(await over, 130);
  await settled();
  assert.deepEqual([host.clock.pending, client.commands], [0, []]);
});

test('[CTRL-33] output that is not read is bounded, and ends a script with a clear line', async () => {
  for (const json of [false, true]) {
    const [client, host] = [new FakeClient(), pipeHost()];
    const stuck = new Writable({ write: () => undefined });
    const options = { json, plain: false, lines: [] };
    const over = runCli({ api: client, ready: READY }, options, { ...host, output: stuck });
    const text = 'x'.repeat(16_000);
    const chat = { event: 'chat', from: 'bob', text, id: WAITING.id, at: WAITING.at, kind: 'chat' } as const;
    for (let count = 0; count < 2_000; count += 1) client.emit(chat);
    assert.equal(await over, 1);
    assert.match(host.errors.take(), /^The output is not read: .*\n$/);
    assert.ok(stuck.writableLength < LIMITS.outputWaitingBytes + 100_000);
    stuck.destroy();
  }
});
