// WebSocket handshakes: passes those for known paths to the WebSocket plugin, and refuses and closes all others. Any
// other `Upgrade` is ignored.
//
// Node detaches an upgraded socket from its HTTP server, so this file must close every socket that it refuses.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { httpTimeouts, type HttpDeadlines } from '../../../runtime/net/gate/http-guard.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { pathOf, refuseSocket } from '../refusal-responses.js';
import { CHANNELS_PATH } from './channels.js';
import { SESSION_PATH } from './session.js';

const PATHS = [SESSION_PATH, CHANNELS_PATH];

/** A server that never listens: it emits only the accepted upgrades, for the WebSocket plugin, which wants a server. */
export function filterUpgrades(app: FastifyInstance, deadlines: HttpDeadlines): Server {
  const gate = createServer();
  const serveAnyway = serveWithoutUpgrade(app, deadlines);
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return serveAnyway(request, socket, head);
    const path = pathOf(request);
    if (!PATHS.includes(path)) return refuseSocket(socket, new Refusal('NOT_FOUND', path));
    // After the application closes, no handler is left.
    if (!gate.emit('upgrade', request, socket, head)) socket.destroy();
  });
  return gate;
}

/**
 * Ignores an `Upgrade` to another protocol, such as h2c (RFC 9110, 7.8): a second server, which has no upgrades, reads
 * the same bytes again, and the application answers.
 */
function serveWithoutUpgrade(
  app: FastifyInstance,
  deadlines: HttpDeadlines,
): (request: IncomingMessage, socket: Duplex, head: Buffer) => void {
  const server = createServer(httpTimeouts(deadlines), (request, response) =>
    app.server.emit('request', request, response),
  );
  server.setTimeout(deadlines.stallMs);
  server.on('clientError', (error, socket) => app.server.emit('clientError', error, socket));
  server.emit('listening'); // it never listens; only this event makes it look for slow requests
  app.addHook('onClose', (_, done) => {
    server.closeAllConnections();
    server.close(() => done()); // the only error is that it never listened
  });
  return (request, socket, head) => {
    socket.unshift(Buffer.concat([headOf(request), head]));
    server.emit('connection', socket);
  };
}

/** The bytes of the request line and the headers. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** Refuses an upgrade request that is not a valid WebSocket handshake. */
export function refuseInvalidHandshakes(app: FastifyInstance): void {
  app.websocketServer.on('wsClientError', (error: Error, socket: Duplex) => {
    refuseSocket(socket, new Refusal('MALFORMED', error.message));
  });
}
