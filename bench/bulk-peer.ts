// The baseline of posts: a file over bare mutual TLS 1.3 to a file, read into one buffer of its own, nothing hashed.

import { close, createReadStream, open, write } from 'node:fs';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { makeSigningKey } from '../runtime/crypto.js';
import { makeCertificate } from '../runtime/link/certificate.js';
import { answering } from './child.js';

const BUFFER_BYTES = 256 * 1_024;
const { certificate, secret } = makeCertificate(makeSigningKey());
const terms = { key: secret, cert: certificate, minVersion: 'TLSv1.3', rejectUnauthorized: false } as const;

/** Sends the file to whoever dials. */
function serve(path: string): Promise<object> {
  const server = createServer({ ...terms, requestCert: true }, (peer) => {
    createReadStream(path, { highWaterMark: BUFFER_BYTES }).pipe(peer);
    peer.on('error', () => undefined);
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ port: (server.address() as AddressInfo).port }));
  });
}

/** Writes what comes to a file; the time in ms from the dial to the last byte. */
async function receive(port: number, path: string): Promise<object> {
  const startedAt = performance.now();
  const file = await promisify(open)(path, 'w');
  let piece = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  let filled = 0;
  let writing = 0;
  await new Promise<void>((resolve, reject) => {
    let isOver = false;
    const pour = (): void => {
      writing += 1;
      write(file, piece, 0, filled, null, (error) => {
        writing -= 1;
        if (error) return reject(error);
        if (isOver && writing === 0) resolve();
        else if (!isOver) socket.resume();
      });
      piece = Buffer.allocUnsafeSlow(BUFFER_BYTES);
      filled = 0;
      if (writing > 2) socket.pause();
    };
    const callback = (length: number, bytes: Uint8Array): boolean => {
      const rest = Math.min(length, piece.length - filled);
      piece.set(bytes.subarray(0, rest), filled);
      filled += rest;
      if (filled < piece.length) return true;
      pour();
      piece.set(bytes.subarray(rest, length), 0);
      filled = length - rest;
      return true;
    };
    const onread = { buffer: Buffer.allocUnsafeSlow(64 * 1_024), callback };
    const options = { ...terms, host: '127.0.0.1', port, onread }; // `connect` knows `onread`, its types do not
    const socket = connect(options);
    socket.once('end', () => {
      isOver = true;
      pour();
    });
    socket.once('error', reject);
  });
  await promisify(close)(file);
  return { ms: performance.now() - startedAt };
}

answering((question) => {
  const { path, port } = question as { path: string; port: number };
  return question['do'] === 'serve' ? serve(path) : receive(port, path);
});
