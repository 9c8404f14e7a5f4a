// A link to a client in the name of a friend: knocks, completes the handshake, then sends any bytes.

import { connect, type TLSSocket } from 'node:tls';
import type { UserRecord } from '../../../protocols/directory/record.js';
import { encodeFrame, FrameReader } from '../../../protocols/kit/frames.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { assert } from '../../../protocols/kit/machine.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { DeviceKeys } from '../../../protocols/kit/knock/knock-proof.js';
import { LINK_VERSION, type HelloFrame } from '../../../protocols/links/messages.js';
import { QuickSession } from '../../../protocols/quick/quick-session.js';
import { primitives } from '../../../runtime/crypto.js';
import { makeCertificate } from '../../../runtime/link/certificate.js';
import { knockAt } from '../../../runtime/link/sealed-knock.js';
import { KNOCKING_TLS, LINK_PROTOCOL, POSTS_PROTOCOL } from '../../../runtime/link/tls-options.js';
import type { TestIdentity } from './test-identity.js';

const BOUND_MS = 5_000;
const LINGER_MS = 400;

/** A client that takes knocks: its port, and the keys by which its record lists its device. */
export interface ListeningClient {
  readonly port: number;
  readonly keys: DeviceKeys;
}

export function listeningClient({ payload }: Signed, port: number): ListeningClient {
  const [keys] = (JSON.parse(payload) as UserRecord).devices;
  assert(keys !== undefined, 'the record lists a device');
  return { port, keys };
}

/** A user that knocks. */
export type Caller = Pick<TestIdentity, 'name' | 'device' | 'record'>;

/** TLS options of a caller that knocks for a link. */
export const LINK_TERMS = { ...KNOCKING_TLS, ALPNProtocols: [LINK_PROTOCOL] };

/** TLS options of a caller that knocks for posts. */
export const POSTS_TERMS = { ...KNOCKING_TLS, ALPNProtocols: [POSTS_PROTOCOL] };

/** TLS options with the certificate of a device, as other programs use them to fetch posts. */
export function certifiedTerms({ device }: Pick<TestIdentity, 'device'>) {
  const { certificate, secret } = makeCertificate(device);
  return { cert: certificate, key: secret, minVersion: 'TLSv1.3', ALPNProtocols: ['http/1.1'] } as const;
}

export function helloOf({ name, device, record }: Caller): HelloFrame {
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
    { device, record, name }: Caller,
    { port, keys: listener }: ListeningClient,
    onText: ((text: string) => void) | null = null,
  ): Promise<FriendLink | null> {
    const socket = connect({ host: '127.0.0.1', port, ...LINK_TERMS });
    const reader = new FrameReader(LIMITS.linkFrameBytes);
    return new Promise((resolve) => {
      const bound = setTimeout(() => socket.destroy(), BOUND_MS);
      socket.on('error', () => undefined); // 'close' follows
      socket.once('close', () => (clearTimeout(bound), resolve(null)));
      const welcomed = (chunk: Buffer): void => {
        reader.push(chunk);
        const first = reader.next();
        if (!first || !('text' in first) || !first.text.startsWith('{"type":"welcome"')) return;
        clearTimeout(bound);
        socket.off('data', welcomed);
        if (onText) hearOn(socket, reader, onText);
        resolve(new FriendLink(socket));
      };
      const greet = async (): Promise<void> => {
        if (!(await knockAt(socket, { device, record, listener }))) return void socket.destroy();
        socket.on('data', welcomed);
        socket.resume();
        socket.write(encodeFrame(JSON.stringify(helloOf({ device, record, name }))));
      };
      socket.once('secureConnect', () => void greet());
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
