// The baseline of links: bare mutual TLS 1.3 between two processes, frames of the same size, no store, no protocol.

import { connect, createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { makeSigningKey } from '../runtime/crypto.js';
import { makeCertificate } from '../runtime/link/certificate.js';
import { serveQuestions } from './child.js';

const { certificate, secret } = makeCertificate(makeSigningKey());
const terms = { key: secret, cert: certificate, minVersion: 'TLSv1.3', rejectUnauthorized: false } as const;
let socket: TLSSocket;

/** Counts what comes, and answers each whole count of frames with one byte. */
function listen(frameBytes: number, perAnswer: number): Promise<object> {
  const server = createServer({ ...terms, requestCert: true }, (peer) => {
    let bytes = 0;
    peer.setNoDelay(true);
    peer.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      for (; bytes >= frameBytes * perAnswer; bytes -= frameBytes * perAnswer) peer.write('.');
    });
    peer.on('error', () => undefined);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port }));
  });
}

function dial(port: number): Promise<object> {
  return new Promise((resolve) => {
    socket = connect({ ...terms, host: '127.0.0.1', port }, () => resolve({}));
    socket.setNoDelay(true);
  });
}

function answered(): Promise<void> {
  return new Promise((resolve) => socket.once('data', () => resolve()));
}

/** Writes frames in batches of 64; the time in ms until all have been counted. */
async function flood(frameBytes: number, count: number): Promise<object> {
  const batch = Buffer.alloc(frameBytes * 64, 'x');
  const startedAt = performance.now();
  const done = answered();
  for (let sent = 0; sent < count; sent += 64) {
    if (!socket.write(batch)) await new Promise((resolve) => socket.once('drain', resolve));
  }
  await done;
  return { ms: performance.now() - startedAt };
}

async function roundTrips(frameBytes: number, count: number): Promise<object> {
  const frame = Buffer.alloc(frameBytes, 'x');
  const trips: number[] = [];
  for (let k = 0; k < count; k += 1) {
    const startedAt = performance.now();
    const done = answered();
    socket.write(frame);
    await done;
    trips.push(performance.now() - startedAt);
  }
  return { trips };
}

serveQuestions((question) => {
  const { bytes, count, port } = question as { bytes: number; count: number; port: number };
  if (question['do'] === 'listen') return listen(bytes, count);
  if (question['do'] === 'dial') return dial(port);
  return question['do'] === 'flood' ? flood(bytes, count) : roundTrips(bytes, count);
});
