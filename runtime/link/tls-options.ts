// The TLS options of links (protocols/links): version 1.3 only, an Ed25519 certificate on both sides, no resumption.

import { constants } from 'node:crypto';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { rawPublicKey } from '../crypto.js';
import type { Certificate } from './certificate.js';

/** ALPN protocols of a device: framed messages, or HTTP for posts. */
export const LINK_PROTOCOL = 'kith/1';
/** ALPN protocol between channel servers: the same framing, other frames. */
export const PEER_PROTOCOL = 'kith-peer/1';
export const HTTP_PROTOCOL = 'http/1.1';

/** No authority signs the certificates of peers: the caller checks the key after TLS has proven its possession. */
export const MUTUAL_TLS = { requestCert: true, rejectUnauthorized: false } as const;

/** Our certificate and the only version that we accept. */
export function tlsOptions({ certificate, secret }: Certificate): SecureContextOptions {
  // No tickets, because a resumed connection would show no certificate.
  return { cert: certificate, key: secret, minVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET };
}

/** The raw Ed25519 key (base64url) of the peer, proven by TLS; null if it showed none or another kind. */
export function peerKeyOf(socket: TLSSocket): string | null {
  const key = socket.getPeerX509Certificate()?.publicKey;
  return key?.asymmetricKeyType === 'ed25519' ? rawPublicKey(key) : null;
}
