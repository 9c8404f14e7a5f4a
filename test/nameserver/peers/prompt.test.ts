// The server's own prompt: orders as typed, answers as words.

import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { PeerDesk } from '../../../nameserver/peers/peer-desk.js';
import { openPrompt } from '../../../nameserver/peers/prompt.js';
import { runSquare, until } from '../../channels/server.js';

test('the prompt lists and links, explains what it does not know, and stops', async (t) => {
  const { server } = await runSquare(t);
  const other = await runSquare(t);
  const [input, output] = [new PassThrough(), new PassThrough()];
  let said = '';
  let stops = 0;
  output.on('data', (piece: Buffer) => (said += piece.toString()));
  openPrompt({ desk: server.square.desk, input, output, stop: () => (stops += 1) });
  input.write('peers\n');
  await until('the list', () => said.includes('No peers.'));
  input.write(`\n  connect   127.0.0.1 ${other.peerPort}  \n`);
  await until('the answer', () => said.includes(`Linking with 127.0.0.1:${other.peerPort}.`));
  await until('the link', () => other.channels.peers().length === 1);
  input.write('dance\n');
  await until('help', () => said.includes('disconnect <peer>') && said.includes('stop '));
  assert.equal(stops, 0);
  input.write('stop\n');
  await until('the end', () => stops === 1);
  input.end();
});

test('a server without channels says so', async () => {
  const desk = new PeerDesk({ channels: null, serverKey: 'K' });
  const { ok, lines } = await desk.carryOut({ order: 'peers' });
  assert.equal(ok, false);
  assert.match(lines.join(), /carries no channels/);
});
