// Handshakes of WebSockets: those for a session or channels go on to their routes, all others are refused in our words
// and let go.
//
// A socket that wants an upgrade is not the HTTP server's any more: nobody closes it but us.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { pathOf, refuseSocket } from '../refusal-responses.js';
import { CHANNELS_PATH } from './channels.js';
import { SESSION_PATH } from './session.js';

const PATHS = [SESSION_PATH, CHANNELS_PATH];

/** Where the handshakes that may go on come out. It never listens; the plugin of WebSockets asks for a server. */
export function filterUpgrades(app: FastifyInstance): Server {
  const gate = createServer();
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = pathOf(request);
    if (!PATHS.includes(path)) return refuseSocket(socket, new Refusal('NOT_FOUND', path));
    // Nobody listens any more once the server closes.
    if (!gate.emit('upgrade', request, socket, head)) socket.destroy();
  });
  return gate;
}

/** What is at the right place and still no handshake. */
export function refuseInvalidHandshakes(app: FastifyInstance): void {
  app.websocketServer.on('wsClientError', (error: Error, socket: Duplex) => {
    refuseSocket(socket, new Refusal('MALFORMED', error.message));
  });
}
