// Protects an HTTP server: bounded connections, none of them silent for long, and no end when files run out.

import type { IncomingMessage, Server } from 'node:http';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { connectionsWithin } from '../../process/open-files.js';
import { ConnectionGate } from './connection-gate.js';

/** When a connection is closed that sends no whole head, no whole request, no next request, or takes no byte. */
export interface HttpDeadlines {
  readonly headMs: number;
  readonly requestMs: number;
  readonly idleMs: number;
  readonly stallMs: number;
  /** Interval of looking for late heads and requests. */
  readonly checkMs: number;
}

export const HTTP_DEADLINES: HttpDeadlines = {
  headMs: LIMITS.httpHeadMs,
  requestMs: LIMITS.restRequestMs,
  idleMs: LIMITS.httpIdleMs,
  stallMs: LIMITS.httpStallMs,
  checkMs: LIMITS.httpCheckMs,
};

/** The same as options for `createServer`. `handshakeTimeout` counts for HTTPS only. */
export function httpTimeouts({ headMs, requestMs, idleMs, checkMs }: HttpDeadlines) {
  return {
    headersTimeout: headMs,
    requestTimeout: requestMs,
    keepAliveTimeout: idleMs,
    connectionsCheckingInterval: checkMs,
    handshakeTimeout: headMs,
  };
}

/** Two `Host` lines are malformed (RFC 9112, 3.2): two readers may believe different ones. */
export function hasManyHosts({ rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>): boolean {
  return rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length > 1;
}

/** `admittedMax`: connections whose peers have proven something. `onTrouble`: a connection could not be accepted. */
export interface HttpGuardOptions {
  readonly admittedMax: number;
  readonly onTrouble: (error: Error) => void;
  readonly stallMs: number;
}

/** Bounds the connections of a server. Each counts as waiting until the gate admits it. */
export function guardHttp(server: Server, { admittedMax, onTrouble, stallMs }: HttpGuardOptions): ConnectionGate {
  const connectionsMax = connectionsWithin(admittedMax + LIMITS.httpWaitingMax, LIMITS.filesSpare);
  const waitingMax = Math.min(LIMITS.httpWaitingMax, Math.ceil(connectionsMax / 2));
  const gate = new ConnectionGate({ connectionsMax, waitingMax });
  server.setTimeout(stallMs);
  server.on('connection', (socket) => void gate.enter(socket));
  // No file descriptor was left. An error before is that of `listen`, which its caller reports.
  server.once('listening', () => server.on('error', onTrouble));
  return gate;
}
