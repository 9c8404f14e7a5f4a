// The route of channels: a WebSocket that is handed to their door.

import type { FastifyInstance } from 'fastify';
import type { Channels } from '../../../channels/channels.js';
import { Type } from '../../../protocols/kit/packages/typebox.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { plainHost } from '../../../runtime/net/endpoint.js';
import { refuse } from '../refused.js';
import { answers } from '../shapes.js';

/** Where visitors of channels come in. */
export const CHANNELS_PATH = '/v1/channels';

/** What a WebSocket says that was let in only to be told no (RFC 6455, 7.4.2: for use by applications). */
const CHANNELS_OFF = 4404;

/** `channels`: null where this server carries none. */
export function addChannelsRoute(app: FastifyInstance, channels: Channels | null): void {
  const isOpen = channels?.hasSocketDoor ?? false;
  app.route({
    method: 'GET',
    url: CHANNELS_PATH,
    schema: {
      summary: 'The door of channels (WebSocket): see protocols/channels/SPEC.md',
      response: answers({ 101: Type.Null() }, 400, 404, 405, 429),
    },
    handler: (_request, reply) => refuse(reply, isOpen ? new Refusal('MALFORMED', 'the door is a WebSocket') : off()),
    wsHandler: (socket, request) => {
      if (channels && isOpen) channels.addSocket(socket, request.raw.socket, plainHost(request.ip));
      else socket.close(CHANNELS_OFF, 'CHANNELS_OFF');
    },
  });
}

function off(): Refusal {
  return new Refusal('CHANNELS_OFF', 'you asked');
}
