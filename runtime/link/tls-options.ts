// The TLS options of links (protocols/links) and of channel peers: version 1.3 only, no resumption.

import { constants } from 'node:crypto';
import type { SecureContextOptions, TLSSocket } from 'node:tls';
import { toBase64url } from '../../protocols/kit/bytes.js';
import { KNOCK_EXPORTER } from '../../protocols/kit/knock/knock-proof.js';
import { makeSigningKey, rawPublicKey } from '../crypto.js';
import { makeCertificate, type Certificate } from './certificate.js';

/** ALPN protocol of a link: a knock, then framed messages. */
export const LINK_PROTOCOL = 'kith/2';
/** ALPN protocol of posts: a knock, then HTTP. */
export const POSTS_PROTOCOL = 'kith-posts/1';
/** ALPN protocol of other programs that fetch posts: HTTP, with the device key of a friend as client certificate. */
export const HTTP_PROTOCOL = 'http/1.1';
/** ALPN protocol between channel servers: the same framing, other frames. */
export const PEER_PROTOCOL = 'kith-peer/1';

const EXPORTER_BYTES = 32;

/** No authority signs the certificates of peers: the caller checks the key after TLS has proven its possession. */
export const MUTUAL_TLS = { requestCert: true, rejectUnauthorized: false } as const;

/** Our certificate and the only version that we accept. */
export function tlsOptions({ certificate, secret }: Certificate): SecureContextOptions {
  // No tickets, because a resumed connection would show no certificate.
  return { cert: certificate, key: secret, minVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET };
}

/** For diallers that prove themselves by a knock: they show no certificate. */
export const KNOCKING_TLS = { rejectUnauthorized: false, minVersion: 'TLSv1.3' } as const;

/** The certificate of a key that is used for one connection and kept nowhere: it names no one. */
export function namelessTlsOptions(): SecureContextOptions {
  return tlsOptions(makeCertificate(makeSigningKey()));
}

/** What a knock binds: keying material that only the two ends of this connection can compute, base64url. */
export function knockExporter(socket: TLSSocket): string {
  return toBase64url(socket.exportKeyingMaterial(EXPORTER_BYTES, KNOCK_EXPORTER, Buffer.alloc(0)));
}

/** The raw Ed25519 key (base64url) of the peer, proven by TLS; null if it showed none or another kind. */
export function peerKeyOf(socket: TLSSocket): string | null {
  const key = socket.getPeerX509Certificate()?.publicKey;
  return key?.asymmetricKeyType === 'ed25519' ? rawPublicKey(key) : null;
}
