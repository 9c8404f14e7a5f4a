// Binds a session to its TLS connection: keying material that only the two ends of the connection can compute.

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { toBase64url } from '../../../protocols/kit/bytes.js';

const LABEL = 'EXPORTER-kith-session';
const EXPORTER_BYTES = 32;

/**
 * The exporter of a connection (RFC 8446, 7.5), base64url. Null for a plain connection, and below TLS 1.3, where two
 * connections of a man in the middle can have the same one (RFC 7627).
 */
export function sessionExporter(socket: Socket): string | null {
  if (!(socket instanceof TLSSocket) || socket.getProtocol() !== 'TLSv1.3') return null;
  return toBase64url(socket.exportKeyingMaterial(EXPORTER_BYTES, LABEL, Buffer.alloc(0)));
}
