// WebSocket handshakes: passes those for known paths to the WebSocket plugin, and refuses and closes all others.
//
// Node detaches an upgraded socket from its HTTP server, so this file must close every socket that it refuses.

import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { pathOf, refuseSocket } from '../refusal-responses.js';
import { CHANNELS_PATH } from './channels.js';
import { SESSION_PATH } from './session.js';

const PATHS = [SESSION_PATH, CHANNELS_PATH];

/** A server that never listens: it emits only the accepted upgrades, for the WebSocket plugin, which wants a server. */
export function filterUpgrades(app: FastifyInstance): Server {
  const gate = createServer();
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = pathOf(request);
    if (!PATHS.includes(path)) return refuseSocket(socket, new Refusal('NOT_FOUND', path));
    // After the application closes, no handler is left.
    if (!gate.emit('upgrade', request, socket, head)) socket.destroy();
  });
  return gate;
}

/** Refuses an upgrade request that is not a valid WebSocket handshake. */
export function refuseInvalidHandshakes(app: FastifyInstance): void {
  app.websocketServer.on('wsClientError', (error: Error, socket: Duplex) => {
    refuseSocket(socket, new Refusal('MALFORMED', error.message));
  });
}
