// Refuses requests that were meant for another server, or that a page of another site makes in the visitor's browser.
//
// A browser sends the name that its user typed in `Host`, and the origin of the page in `Origin`. A name of an attacker
// that resolves to this server (DNS rebinding) is therefore refused, and so is a page of another site that opens a
// WebSocket here. Programs other than browsers send no `Origin`.

import type { FastifyInstance } from 'fastify';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { hasManyHosts } from '../../../runtime/net/gate/http-guard.js';
import type { OwnOrigins } from '../../../runtime/net/own-origins.js';
import { refuse } from '../refusal-responses.js';

/** Must run before all routes, WebSockets included. */
export function refuseForeignRequests(app: FastifyInstance, origins: OwnOrigins): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { host = '', origin } = request.headers;
    if (hasManyHosts(request.raw)) return void refuse(reply, new Refusal('MALFORMED', 'it has two Host lines'));
    if (!origins.isOwnHost(host)) return void refuse(reply, new Refusal('ORIGIN_FOREIGN', shown(host)));
    if (origin !== undefined && !isOwnPage(origin, host, origins))
      return void refuse(reply, new Refusal('PAGE_FOREIGN', shown(origin)));
    done();
  });
}

/** A page of this server has its origin at the very host of the request, whatever the scheme that a proxy adds. */
function isOwnPage(origin: string, host: string, origins: OwnOrigins): boolean {
  return origin === `http://${host}` || origin === `https://${host}` || origins.includes(origin);
}

/** Bounded: headers come from anyone. */
function shown(header: string): string {
  return header.slice(0, 100) || 'no host';
}
