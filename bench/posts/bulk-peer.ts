// The baseline of posts: a file over bare mutual TLS 1.3 to a file, read into one buffer of its own, nothing hashed.

import { close, createReadStream, open, write } from 'node:fs';
import { connect, createServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { makeSigningKey } from '../../runtime/crypto.js';
import { makeCertificate } from '../../runtime/link/certificate.js';
import { serveQuestions } from '../child.js';

const BUFFER_BYTES = 256 * 1_024;
const { certificate, secret } = makeCertificate(makeSigningKey());
const terms = { key: secret, cert: certificate, minVersion: 'TLSv1.3', rejectUnauthorized: false } as const;

/** Sends the file to each peer that dials. */
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
  await new Promise<void>((resolve, reject) => new Receiver(file, resolve, reject).dial(port));
  await promisify(close)(file);
  return { ms: performance.now() - startedAt };
}

class Receiver {
  private piece = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  private filled = 0;
  private writing = 0;
  private isOver = false;
  private resume: () => void = () => undefined;
  private pause: () => void = () => undefined;

  constructor(
    private readonly file: number,
    private readonly resolve: () => void,
    private readonly reject: (error: Error) => void,
  ) {}

  dial(port: number): void {
    const callback = (length: number, bytes: Uint8Array): boolean => this.take(bytes.subarray(0, length));
    const onread = { buffer: Buffer.allocUnsafeSlow(64 * 1_024), callback };
    const options = { ...terms, host: '127.0.0.1', port, onread }; // `connect` knows `onread`, its types do not
    const socket = connect(options);
    this.resume = () => socket.resume();
    this.pause = () => socket.pause();
    socket.once('error', this.reject);
    socket.once('end', () => {
      this.isOver = true;
      this.pour();
    });
  }

  private take(bytes: Uint8Array): boolean {
    const rest = Math.min(bytes.length, this.piece.length - this.filled);
    this.piece.set(bytes.subarray(0, rest), this.filled);
    this.filled += rest;
    if (this.filled < this.piece.length) return true;
    this.pour();
    this.piece.set(bytes.subarray(rest), 0);
    this.filled = bytes.length - rest;
    return true;
  }

  private pour(): void {
    this.writing += 1;
    write(this.file, this.piece, 0, this.filled, null, (error) => {
      this.writing -= 1;
      if (error) return this.reject(error);
      if (this.isOver && this.writing === 0) this.resolve();
      else if (!this.isOver) this.resume();
    });
    this.piece = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.filled = 0;
    if (this.writing > 2) this.pause();
  }
}

serveQuestions((question) => {
  const { path, port } = question as { path: string; port: number };
  return question['do'] === 'serve' ? serve(path) : receive(port, path);
});
