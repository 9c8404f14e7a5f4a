// The route of channels: says which doors are open, and hands a WebSocket to its own.

import type { FastifyInstance } from 'fastify';
import type { ChannelServer } from '../../../channels/channel-server.js';
import { Type } from '../../../protocols/kit/packages/typebox.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { KeyText } from '../../../protocols/kit/shapes.js';
import { plainHost } from '../../../runtime/net/endpoint.js';
import { refuse } from '../refusal-responses.js';
import { responses } from '../shapes.js';

/** Where visitors of channels come in. */
export const CHANNELS_PATH = '/v1/channels';

/** What a WebSocket says that was let in only to be told no (RFC 6455, 7.4.2: for use by applications). */
const CHANNELS_OFF = 4404;

/** `ws`: by this very route. `tcp`: a port of this host for lines of JSON; null where that door is shut. */
const DoorsBody = Type.Object({
  server: KeyText,
  doors: Type.Object({
    ws: Type.Boolean(),
    tcp: Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.Null()]),
  }),
});

/** `channels`: null where this server carries none. */
export function addChannelsRoute(app: FastifyInstance, channels: ChannelServer | null): void {
  const isOpen = channels?.hasSocketDoor ?? false;
  app.route({
    method: 'GET',
    url: CHANNELS_PATH,
    schema: {
      summary: 'Which doors of channels are open; and, as a WebSocket, one of them: see protocols/channels/SPEC.md',
      response: responses({ 101: Type.Null(), 200: DoorsBody }, 404, 405, 429),
    },
    handler: (_request, reply) =>
      channels
        ? { server: channels.server, doors: { ws: isOpen, tcp: channels.tcpPort } }
        : refuse(reply, new Refusal('CHANNELS_OFF', 'you asked')),
    wsHandler: (socket, request) => {
      if (channels && isOpen) channels.addSocket(socket, request.raw.socket, plainHost(request.ip));
      else socket.close(CHANNELS_OFF, 'CHANNELS_OFF');
    },
  });
}
