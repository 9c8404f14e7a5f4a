// The address of a request's client. A socket that was reset has none any more, whatever the types say.

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { networkPrefixOf } from '../../../protocols/kit/bounds/network-prefix.js';
import { plainHost } from '../../../runtime/net/endpoint.js';

/** Without port. Null if the socket was reset in the meantime: nothing can be sent to it, and no budget can be charged. */
export function clientAddressOf(request: FastifyRequest): string | null {
  const address = request.ip as string | undefined;
  return address === undefined ? null : plainHost(address);
}

/** The network that budgets count. Null as for the address. */
export function clientNetworkOf(request: FastifyRequest): string | null {
  const address = clientAddressOf(request);
  return address === null ? null : networkPrefixOf(address);
}

/** Must run before every hook and handler that reads `request.ip`. */
export function dropRequestsWithoutAddress(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (clientAddressOf(request) !== null) return done();
    reply.hijack();
    request.raw.socket.destroy();
  });
}
