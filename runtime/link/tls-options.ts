// The terms on which we speak TLS (protocols/links): 1.3 only, both sides show an Ed25519 certificate, nothing is
// resumed.

import { constants } from 'node:crypto';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { rawPublicKey } from '../crypto.js';
import type { Certificate } from './certificate.js';

/** What is spoken inside, told by ALPN: framed messages, or posts by HTTP. */
export const LINK_PROTOCOL = 'kith/1';
/** Between servers that carry channels: the same frames, other words. */
export const PEER_PROTOCOL = 'kith-peer/1';
export const HTTP_PROTOCOL = 'http/1.1';

/** No authority vouches for peers: their key is judged by us, after TLS has proven that they hold it. */
export const MUTUAL_TLS = { requestCert: true, rejectUnauthorized: false } as const;

/** Our side of TLS: what we show, and the only version we speak. */
export function tlsOptions({ certificate, secret }: Certificate): SecureContextOptions {
  // Without tickets nothing can be resumed: a resumed peer would show no certificate.
  return { cert: certificate, key: secret, minVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET };
}

/** The raw Ed25519 key (base64url) the peer has proven to hold, or null where it showed none or another kind. */
export function peerKeyOf(socket: TLSSocket): string | null {
  const key = socket.getPeerX509Certificate()?.publicKey;
  return key?.asymmetricKeyType === 'ed25519' ? rawPublicKey(key) : null;
}
