// A fast connection for reading: TLS to a peer with a known key, into one buffer that is reused.

import { viewOf } from '../../protocols/kit/bytes.js';
import { connect, type TLSSocket } from 'node:tls';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Certificate } from '../link/certificate.js';
import { HTTP_PROTOCOL, MUTUAL_TLS, peerKeyOf, tlsOptions } from '../link/tls-options.js';
import type { Endpoint } from '../net/endpoint.js';

const BUFFER_BYTES = 64 * 1_024;
const NO_ANSWER = 'the other side does not answer.';
const BROKEN = 'the connection broke.';

export interface ByteStreamOptions {
  readonly certificate: Certificate;
  /** Whether this key (raw, base64url) is the wanted peer. */
  readonly accepts: (peerKey: string) => boolean;
  /** Sent when the peer has proven its key. */
  readonly request: string;
  /** The bytes are overwritten once this returns. */
  readonly onBytes: (bytes: Uint8Array) => void;
  /** Called once, last, if the connection was open. `why`: null for a normal end. */
  readonly onEnd: (why: string | null) => void;
}

export interface ByteStream {
  pause(): void;
  resume(): void;
  close(): void;
}

/** Tries the endpoints one after the other. Returns the reason as text if none succeeds: for a person, without addresses. */
export async function openByteStream(
  endpoints: readonly Endpoint[],
  options: ByteStreamOptions,
): Promise<ByteStream | string> {
  const failures: string[] = [];
  for (const endpoint of endpoints.slice(0, LIMITS.endpointsPerOffer)) {
    const stream = await attempt(endpoint, options);
    if (typeof stream !== 'string') return stream;
    failures.push(stream);
  }
  return [...new Set(failures)].join(' ');
}

function attempt(endpoint: Endpoint, options: ByteStreamOptions): Promise<ByteStream | string> {
  const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  return new Promise((settle) => {
    let state: 'dialling' | 'open' | 'over' = 'dialling';
    const end = (why: string | null): void => {
      clearTimeout(deadline);
      socket.destroy();
      const was = state;
      state = 'over';
      if (was === 'dialling') settle(why ?? 'the other side closed the connection.');
      if (was === 'open') options.onEnd(why);
    };
    const callback = (length: number, bytes: Uint8Array): boolean => {
      if (state === 'open') options.onBytes(viewOf(bytes, 0, length));
      return true;
    };
    const onread = { buffer, callback };
    const terms = { ...MUTUAL_TLS, ...tlsOptions(options.certificate), ...endpoint, onread };
    const socket: TLSSocket = connect({ ...terms, ALPNProtocols: [HTTP_PROTOCOL] });
    const deadline = setTimeout(() => end(NO_ANSWER), LIMITS.linkHandshakeMs);
    socket.once('secureConnect', () => {
      const peerKey = peerKeyOf(socket);
      if (peerKey === null || !options.accepts(peerKey)) return end('another device answered.');
      clearTimeout(deadline);
      state = 'open';
      socket.setTimeout(LIMITS.postStallMs, () => end('the transfer stalled.'));
      socket.write(options.request);
      settle({ pause: () => socket.pause(), resume: () => socket.resume(), close: () => end(null) });
    });
    socket.on('error', () => end(state === 'open' ? BROKEN : NO_ANSWER));
    socket.once('end', () => end(null));
    socket.once('close', () => end(BROKEN));
  });
}
