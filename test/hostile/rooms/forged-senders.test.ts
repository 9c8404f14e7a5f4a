// Lines with forged senders: a victim is not flooded, and a server that is filled with them takes newcomers in.
//
// A server cannot tell a forged sender from a real one that sends the same bytes. The victims here are therefore real
// sockets that send what an attacker would send in their name, and then only listen.

import assert from 'node:assert/strict';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readChatServerConfig } from '../../../rooms/chatserver/config.js';
import { runChatServer } from '../../../rooms/chatserver/run.js';
import { freePorts } from '../../e2e/rooms/cluster.js';
import { LineClient } from '../../e2e/rooms/line-client.js';
import { temporaryDirectory } from '../../runtime/disk/temporary.js';

const FIRST_PORT = 20_000;
const PORTS = 1_000;
const ADDRESSES = 11;

async function serverPort(context: TestContext): Promise<number> {
  const folder = temporaryDirectory(context);
  const [port = 0] = await freePorts(1);
  writeFileSync(join(folder, 'servers.conf'), `127.0.0.1:${port}\n`);
  const outcome = readChatServerConfig([join(folder, 'servers.conf'), '1'], { data: join(folder, 'data') }, {});
  assert.ok('config' in outcome);
  const onFault = (error: unknown): never => {
    throw error;
  };
  const server = await runChatServer(outcome.config, { print: () => undefined, onFault });
  context.after(() => server.stop());
  return server.endpoint.port;
}

async function client(context: TestContext, port: number): Promise<LineClient> {
  const one = await LineClient.of(port);
  context.after(() => one.close());
  return one;
}

/** Sends one line from this address and port, and closes. */
async function sendFrom(address: string, from: number, line: string, to: number): Promise<void> {
  const socket: Socket = createSocket('udp4');
  socket.bind(from, address);
  await once(socket, 'listening');
  await new Promise<void>((sent) => socket.send(line, to, '127.0.0.1', () => sent()));
  socket.close();
}

async function confirm(one: LineClient): Promise<void> {
  const given = await one.asks('/confirm', '+OK Send: /confirm ');
  await one.ask(given.replace('+OK Send: ', ''), '+OK You receive every line now');
}

test('one line in the name of a victim directs a few lines at it, not the room', async (context) => {
  const port = await serverPort(context);
  const [speaker, victim] = [await client(context, port), await client(context, port)];
  await confirm(speaker);
  await speaker.ask('/join 1', '+OK You are now in chat room #1');
  await victim.ask('/join 1', '+OK You are now in chat room #1');
  for (let nth = 0; nth < 500; nth += 1) {
    const line = `${nth} ${'x'.repeat(900)}`;
    await speaker.ask(line, `<${speaker.address}> ${line}`);
  }
  await speaker.asks('/rooms', '+OK 10 rooms');
  const bytes = victim.lines.reduce((sum, line) => sum + line.length, 0);
  assert.ok(bytes < 1_300, `${bytes} bytes`);
  await confirm(victim);
  await speaker.ask('welcome', `<${speaker.address}> welcome`);
  await victim.hears(`<${speaker.address}> welcome`);
});

test('11 000 senders that say one line each keep no newcomer out and displace no one who speaks', async (context) => {
  const port = await serverPort(context);
  const early = await client(context, port);
  await early.ask('/join 1', '+OK You are now in chat room #1');
  await early.ask('hello', `<${early.address}> hello`);
  for (let nth = 0; nth < ADDRESSES * PORTS; nth += 1) {
    const address = `127.0.${10 + Math.floor(nth / PORTS)}.1`;
    await sendFrom(address, FIRST_PORT + (nth % PORTS), '/join 2', port);
    if (nth % 50 === 0) await early.asks('/order', '+OK order ');
  }
  const newcomer = await client(context, port);
  await newcomer.ask('/join 1', '+OK You are now in chat room #1');
  await newcomer.ask('hi', `<${newcomer.address}> hi`);
  await early.hears(`<${newcomer.address}> hi`);
});
