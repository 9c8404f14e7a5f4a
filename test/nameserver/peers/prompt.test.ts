// The server's own prompt: orders as typed, answers as words.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { PeerAdministration } from '../../../nameserver/peers/peer-administration.js';
import { openPrompt } from '../../../nameserver/peers/prompt.js';
import { runChannelServer, until } from '../../channels/server.js';

test('the prompt runs peer commands, shows help for unknown ones, and stops', async (t) => {
  const { server } = await runChannelServer(t);
  const other = await runChannelServer(t);
  const [input, output] = [new PassThrough(), new PassThrough()];
  let shown = '';
  let stops = 0;
  output.on('data', (piece: Buffer) => (shown += piece.toString()));
  openPrompt({ administration: server.channelHost.peerAdministration, input, output, stop: () => (stops += 1) });
  input.write('peers\n');
  await until('the list', () => shown.includes('No peers.'));
  input.write(`\n  connect   127.0.0.1 ${other.peerPort}  \n`);
  await until('the answer', () => shown.includes(`Connecting to 127.0.0.1:${other.peerPort}.`));
  await until('the link', () => other.channels.peers().length === 1);
  input.write('dance\n');
  await until('help', () => shown.includes('disconnect <peer>') && shown.includes('stop '));
  assert.equal(stops, 0);
  input.write('stop\n');
  await until('the end', () => stops === 1);
  input.end();
});

test('a server without channels refuses peer commands', async () => {
  const administration = new PeerAdministration({ channels: null, serverKey: 'K' });
  const { ok, lines } = await administration.run({ order: 'peers' });
  assert.equal(ok, false);
  assert.match(lines.join(), /has no channels/);
});
