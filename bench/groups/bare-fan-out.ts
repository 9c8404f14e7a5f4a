// The baseline of a group: one loop that writes the same bytes to many TLS connections, until all have come.

import type { AddressInfo } from 'node:net';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { makeSigningKey } from '../../runtime/crypto.js';
import { makeCertificate } from '../../runtime/link/certificate.js';

/** For each of `times` rounds, the time in ms from the first write until the last connection has all the bytes. */
export async function bareFanOut(connections: number, bytes: number, times: number): Promise<number[]> {
  const { certificate: cert, secret: key } = makeCertificate(makeSigningKey());
  const terms = { key, cert, minVersion: 'TLSv1.3', rejectUnauthorized: false } as const;
  const peers: TLSSocket[] = [];
  const server = createServer({ ...terms, requestCert: true }, (peer) => peers.push(peer.setNoDelay(true)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const ends = await Promise.all(Array.from({ length: connections }, () => dial(port, terms)));
  while (peers.length < connections) await new Promise((resolve) => setImmediate(resolve));
  const rounds: number[] = [];
  for (let round = 0; round < times; round += 1) rounds.push(await once(peers, ends, Buffer.alloc(bytes, 'x')));
  for (const socket of [...ends, ...peers]) socket.destroy();
  server.close();
  return rounds;
}

function dial(port: number, terms: object): Promise<TLSSocket> {
  return new Promise((resolve) => {
    const socket = connect({ ...terms, host: '127.0.0.1', port }, () => resolve(socket.setNoDelay(true)));
  });
}

async function once(peers: readonly TLSSocket[], ends: readonly TLSSocket[], frame: Buffer): Promise<number> {
  const startedAt = performance.now();
  const all = Promise.all(ends.map((end) => heard(end, frame.length)));
  for (const peer of peers) peer.write(frame);
  await all;
  return performance.now() - startedAt;
}

function heard(end: TLSSocket, bytes: number): Promise<void> {
  return new Promise((resolve) => {
    let left = bytes;
    const count = (chunk: Buffer): void => {
      left -= chunk.length;
      if (left > 0) return;
      end.off('data', count);
      resolve();
    };
    end.on('data', count);
  });
}
