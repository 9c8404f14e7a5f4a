// Uploads and downloads at a terminal: how they are shown while they run, when they wait, and when they are over.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SILENT_MS } from '../../../../client/cli/draw/progress-meter.js';
import { Refusal } from '../../../../protocols/kit/refusals.js';
import { NOON } from '../fakes/fake-client.js';
import { settled } from '../fakes/fake-host.js';
import { openTerminal, type OpenTerminal } from '../fakes/open-terminal.js';

const POST = 'q3JYw0kEo1q5hZ2xT9uV7g';
const DONE = { event: 'post_done', post: POST, from: 'bob', title: 'The lake', path: 'lake.jpg', at: NOON } as const;
const PROMPT = 'alice (carol 2, group:lake 2)>';

async function half({ client, last }: OpenTerminal): Promise<void> {
  client.emit({ event: 'progress', post: POST, received: 50, size: 100, at: NOON });
  await settled();
  assert.match(last(1)[0] ?? '', /█░/);
}

test('the prompt shows no transfer that is over, however it ended', async () => {
  const ends: Record<string, (terminal: OpenTerminal) => unknown> = {
    'its upload is done': ({ host }) => host.type('post upload lake.jpg\r'),
    'its download is done': ({ client }) => client.emit(DONE),
    'its download waits': ({ client }) =>
      client.emit({ event: 'post_waiting', post: POST, from: 'bob', why: '', at: NOON }),
    'it was cancelled': ({ host, client }) => {
      client.answers.set('cancel', { ok: true, data: { id: POST } });
      return host.type(`cancel ${POST}\r`);
    },
    'its download failed': ({ host, client }) => {
      client.answers.set('post_get', { ok: false, refusal: new Refusal('POST_GONE', 'bob') });
      return host.type(`post get bob ${POST}\r`);
    },
    'it fell silent': ({ host }) => host.clock.pass(SILENT_MS),
  };
  for (const [why, end] of Object.entries(ends)) {
    const terminal = await openTerminal();
    await half(terminal);
    await end(terminal);
    await settled();
    assert.equal(terminal.last(1)[0], PROMPT, why);
  }
});

test('a download that waits is a line of its own, and the lists name it', async () => {
  const { client, host, last } = await openTerminal();
  const why = 'the other side does not answer.';
  client.emit({ event: 'post_waiting', post: POST, from: 'bob', why, at: NOON });
  await settled();
  assert.match(last(3).join(' '), /… The download of q3JYw0kEo1q5hZ2xT9uV7g waits for bob: the other side does not/);
  await host.type('downloads\r');
  const [row = '', rest] = last(3);
  assert.equal(row, `  ${POST}  bob  1.3 MB of 3.2 MB  "The lake"  waiting for bob: the other side does`);
  assert.equal(rest, '        not answer.');
  client.answers.set('outbox', { ok: true, data: { messages: [], downloads: 1 } });
  await host.type('outbox\r');
  assert.deepEqual(last(3).slice(0, 2), [
    'All your messages are delivered.',
    '1 download not complete. Type: downloads',
  ]);
});

test('the line of a finished download says which post it was and where it is', async () => {
  const { client, last } = await openTerminal();
  client.emit(DONE);
  await settled();
  assert.equal(last(2)[0], '✓ Downloaded "The lake" by bob to lake.jpg');
});
