// Protects an HTTP server: bounded connections, none of them silent for long, and no end when files run out.

import type { IncomingMessage, Server } from 'node:http';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { connectionsWithin } from '../../process/open-files.js';
import { ConnectionGate } from './connection-gate.js';

/**
 * Options for `createServer`: a connection without a whole head, or without a whole request, is closed at the next
 * check. `handshakeTimeout` counts for HTTPS only.
 */
export const HTTP_TIMEOUTS = {
  headersTimeout: LIMITS.httpHeadMs,
  requestTimeout: LIMITS.restRequestMs,
  keepAliveTimeout: LIMITS.httpIdleMs,
  connectionsCheckingInterval: LIMITS.httpCheckMs,
  handshakeTimeout: LIMITS.httpHeadMs,
} as const;

/** Two `Host` lines are malformed (RFC 9112, 3.2): two readers may believe different ones. */
export function hasManyHosts({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): boolean {
  return rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length > 1;
}

/** `admittedMax`: connections whose peers have proven something. `onTrouble`: a connection could not be accepted. */
export interface HttpGuardOptions {
  readonly admittedMax: number;
  readonly onTrouble: (error: Error) => void;
}

/** Bounds the connections of a server. Each counts as waiting until the gate admits it. */
export function guardHttp(server: Server, { admittedMax, onTrouble }: HttpGuardOptions): ConnectionGate {
  const connectionsMax = connectionsWithin(admittedMax + LIMITS.httpWaitingMax, LIMITS.filesSpare);
  const waitingMax = Math.min(LIMITS.httpWaitingMax, Math.ceil(connectionsMax / 2));
  const gate = new ConnectionGate({ connectionsMax, waitingMax });
  server.setTimeout(LIMITS.httpStallMs);
  server.on('connection', (socket) => void gate.enter(socket));
  // No file descriptor was left. An error before is that of `listen`, which its caller reports.
  server.once('listening', () => server.on('error', onTrouble));
  return gate;
}
