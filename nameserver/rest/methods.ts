// Answers a method that a path does not support with 405 and the supported methods, instead of 404.

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../../protocols/kit/refusals.js';
import { pathOf, refuse } from './refusal-responses.js';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** Adds routes. Every other method on their paths is refused with `METHOD_UNKNOWN`. */
export function addRoutesRefusingOtherMethods(app: FastifyInstance, addRoutes: (app: FastifyInstance) => void): void {
  const known = new Map<string, string[]>();
  app.addHook('onRoute', ({ url, method }) => {
    known.set(url, [...(known.get(url) ?? []), ...[method].flat()]);
  });
  addRoutes(app);
  for (const [url, methods] of [...known]) refuseOthers(app, url, methods);
}

/** Refuses before the body is read. */
function refuseOthers(app: FastifyInstance, url: string, allowed: readonly string[]): void {
  const refuseMethod = (request: FastifyRequest, reply: FastifyReply): void => {
    void refuse(reply.header('allow', allowed.join(', ')), new Refusal('METHOD_UNKNOWN', about(request)));
  };
  app.route({
    method: METHODS.filter((method) => !allowed.includes(method)),
    url,
    schema: { hide: true },
    onRequest: refuseMethod,
    handler: refuseMethod,
  });
}

function about(request: FastifyRequest): string {
  return `${request.method} ${pathOf(request)}`;
}
