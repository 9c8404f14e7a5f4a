// The route of channels: lists the open transports, and hands WebSockets to the channel server.

import type { FastifyInstance } from 'fastify';
import type { ChannelServer } from '../../../channels/channel-server.js';
import { Type } from '../../../protocols/kit/packages/typebox.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { KeyText } from '../../../protocols/kit/shapes.js';
import { sessionExporter } from '../../../runtime/net/server-connection/session-exporter.js';
import { connectionNameOf, type ConnectionGate } from '../../../runtime/net/gate/connection-gate.js';
import { clientAddressOf } from '../admission/client-address.js';
import { refuse } from '../refusal-responses.js';
import { responses } from '../shapes.js';

/** The path at which clients connect to channels. */
export const CHANNELS_PATH = '/v1/channels';

/** The close code of a WebSocket if channels are off (RFC 6455, 7.4.2: codes for applications). */
const CHANNELS_OFF = 4404;

/**
 * `doors`: the open transports. `ws`: WebSocket at this route. `tcp`: the port for lines of JSON; null if it is off.
 * `peer`: the port for other servers; null if this server only dials.
 */
const TransportsBody = Type.Object({
  server: KeyText,
  doors: Type.Object({
    ws: Type.Boolean(),
    tcp: Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.Null()]),
  }),
  peer: Type.Union([Type.Integer({ minimum: 1, maximum: 65_535 }), Type.Null()]),
});

/** `channels`: null if channels are off on this server. */
export function addChannelsRoute(app: FastifyInstance, channels: ChannelServer | null, gate: ConnectionGate): void {
  const isWebSocketOpen = channels?.acceptsWebSockets ?? false;
  app.route({
    method: 'GET',
    url: CHANNELS_PATH,
    schema: {
      summary: 'The open transports of channels; as a WebSocket, the connection itself: see protocols/channels/SPEC.md',
      response: responses({ 101: Type.Null(), 200: TransportsBody }, 404, 405, 429),
    },
    handler: (_request, reply) =>
      channels
        ? {
            server: channels.server,
            doors: { ws: isWebSocketOpen, tcp: channels.tcpPort },
            peer: channels.listensAt?.port ?? null,
          }
        : refuse(reply, new Refusal('CHANNELS_OFF', 'you asked')),
    wsHandler: (socket, request) => {
      const address = clientAddressOf(request);
      if (address === null) return socket.terminate();
      if (!channels || !isWebSocketOpen) return socket.close(CHANNELS_OFF, 'CHANNELS_OFF');
      const below = request.raw.socket;
      const name = connectionNameOf(below);
      const place = { below, admit: (): void => gate.admit(name) };
      channels.addSocket(socket, place, { address, exporter: sessionExporter(below) });
    },
  });
}
