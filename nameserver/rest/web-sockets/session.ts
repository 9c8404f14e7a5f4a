// The WebSocket route of client sessions. Each socket goes to `SessionSockets`.

import type { FastifyInstance } from 'fastify';
import { Type } from '../../../protocols/kit/packages/typebox.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { SessionSockets } from '../../sessions/session-sockets.js';
import { sessionExporter } from '../../../runtime/net/server-connection/session-exporter.js';
import { connectionNameOf, type ConnectionGate } from '../../../runtime/net/gate/connection-gate.js';
import { clientAddressOf } from '../admission/client-address.js';
import { refuse } from '../refusal-responses.js';
import { responses } from '../shapes.js';

/** The path of the session WebSocket. */
export const SESSION_PATH = '/v1/session';

export function addSessionRoute(app: FastifyInstance, sockets: SessionSockets, gate: ConnectionGate): void {
  app.route({
    method: 'GET',
    url: SESSION_PATH,
    schema: {
      summary: 'A client session (WebSocket): presence of watched users, letters in and out',
      response: responses({ 101: Type.Null() }, 400, 405, 429),
    },
    handler: (_request, reply) => refuse(reply, new Refusal('MALFORMED', 'a session needs a WebSocket')),
    wsHandler: (socket, request) => {
      const address = clientAddressOf(request);
      if (address === null) return socket.terminate();
      const below = request.raw.socket;
      const name = connectionNameOf(below);
      const admit = (): void => gate.admit(name);
      sockets.add(socket, { address, exporter: sessionExporter(below), hello: request.query }, { below, admit });
    },
  });
}
