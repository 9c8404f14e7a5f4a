// A link to a client in the name of a friend: completes the handshake, then sends any bytes.

import { connect, type TLSSocket } from 'node:tls';
import { encodeFrame, FrameReader } from '../../../protocols/kit/frames.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { LINK_VERSION, type HelloFrame } from '../../../protocols/links/messages.js';
import { QuickSession } from '../../../protocols/quick/quick-session.js';
import { primitives } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import type { TestIdentity } from './test-identity.js';

const BOUND_MS = 5_000;
const LINGER_MS = 400;

/** TLS options with the certificate of a device and the protocol of links. */
export function linkTerms({ device }: Pick<TestIdentity, 'device'>) {
  const { certificate, secret } = makeCertificate(device);
  return { cert: certificate, key: secret, minVersion: 'TLSv1.3', ALPNProtocols: ['kith/1'] } as const;
}

export function helloOf({ name, device, record }: Pick<TestIdentity, 'name' | 'device' | 'record'>): HelloFrame {
  const who = { user: name, device: device.publicKey, record };
  return { type: 'hello', versions: [LINK_VERSION], ...who, port: 1, seen: null, heard: null, features: [] };
}

/** Splits the received bytes into frames. */
function hearOn(socket: TLSSocket, reader: FrameReader, onText: (text: string) => void): void {
  const hear = (): void => {
    for (let next = reader.next(); next && 'text' in next; next = reader.next()) onText(next.text);
  };
  hear();
  socket.on('data', (chunk: Buffer) => {
    reader.push(chunk);
    hear();
  });
}

export class FriendLink {
  /** The keys of quick messages that belong to this link. */
  readonly quick: QuickSession;

  private constructor(private readonly socket: TLSSocket) {
    const exported = socket.exportKeyingMaterial(LIMITS.linkKeyingBytes, 'EXPORTER-kith-quick-1', Buffer.alloc(0));
    this.quick = new QuickSession(exported, true, 1, primitives);
    socket.resume();
  }

  /**
   * Null if the link was not accepted in time, as at a crowded port. `onText`: called for each later frame.
   */
  static open(
    identity: Pick<TestIdentity, 'name' | 'device' | 'record'>,
    port: number,
    onText: ((text: string) => void) | null = null,
  ): Promise<FriendLink | null> {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...linkTerms(identity) });
    const reader = new FrameReader(LIMITS.linkFrameBytes);
    return new Promise((resolve) => {
      const bound = setTimeout(() => socket.destroy(), BOUND_MS);
      socket.on('error', () => undefined); // 'close' follows
      socket.once('close', () => (clearTimeout(bound), resolve(null)));
      socket.once('secureConnect', () => socket.write(encodeFrame(JSON.stringify(helloOf(identity)))));
      socket.on('data', (chunk: Buffer) => {
        reader.push(chunk);
        const first = reader.next();
        if (!first || !('text' in first) || !first.text.startsWith('{"type":"welcome"')) return;
        clearTimeout(bound);
        socket.removeAllListeners('data');
        if (onText) hearOn(socket, reader, onText);
        resolve(new FriendLink(socket));
      });
    });
  }

  send(bytes: Uint8Array): void {
    if (this.socket.writable) this.socket.write(bytes);
  }

  /** Closes the link after sending everything; resolves when the other side has closed too. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.socket.destroyed) return resolve();
      const bound = setTimeout(() => this.socket.destroy(), LINGER_MS);
      this.socket.once('close', () => (clearTimeout(bound), resolve()));
      this.socket.end();
    });
  }
}
