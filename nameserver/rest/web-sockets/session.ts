// The route of sessions: a WebSocket that is handed to the switchboard's sockets.

import type { FastifyInstance } from 'fastify';
import { Type } from '../../../protocols/kit/packages/typebox.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { plainHost } from '../../../runtime/net/endpoint.js';
import type { Sockets } from '../../edge/sockets.js';
import { refuse } from '../refused.js';
import { answers } from '../shapes.js';

/** Where a session is opened. */
export const SESSION_PATH = '/v1/session';

export function addSessionRoute(app: FastifyInstance, sockets: Sockets): void {
  app.route({
    method: 'GET',
    url: SESSION_PATH,
    schema: {
      summary: 'A session (WebSocket): presence of those you watch, letters in and out',
      response: answers({ 101: Type.Null() }, 400, 405, 429),
    },
    handler: (_request, reply) => refuse(reply, new Refusal('MALFORMED', 'a session is a WebSocket')),
    wsHandler: (socket, request) => sockets.add(socket, plainHost(request.ip)),
  });
}
