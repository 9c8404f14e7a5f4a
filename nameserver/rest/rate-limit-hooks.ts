// Limits the requests of one network per minute. Above the limit: 429 with Retry-After.
//
// Not @fastify/rate-limit: a look-up takes 15 µs, and that plugin would double it.

import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { clock } from '../../runtime/sources.js';
import { networkPrefixOf } from '../../protocols/kit/bounds/network-prefix.js';
import { RateLimiter } from '../rate-limiter.js';
import { clientAddressOf } from './client-address.js';
import { refuse } from './refusal-responses.js';

/** Monitoring polls these often, and may share an address with a flooding client. */
const UNLIMITED: readonly (string | undefined)[] = ['/healthz', '/metrics'];

/** Counts every request except those of the operator's routes, whatever its result. 0: no limit. */
export function limitRequests(app: FastifyInstance, requestsPerMinute: number): void {
  if (requestsPerMinute === 0) return;
  const hook = rateLimitHook(requestsPerMinute);
  app.addHook('onRequest', function limit(request, reply, done) {
    if (UNLIMITED.includes(request.routeOptions.url)) return done();
    hook.call(this, request, reply, done);
  });
}

/** A separate limit for one route. None if the server has no limit. */
export function limitRoute(timesPerMinute: number, requestsPerMinute: number): onRequestHookHandler[] {
  return requestsPerMinute > 0 ? [rateLimitHook(timesPerMinute)] : [];
}

function rateLimitHook(timesPerMinute: number): onRequestHookHandler {
  const limiter = new RateLimiter(timesPerMinute, LIMITS.restNetworksRemembered);
  return (request: FastifyRequest, reply, done) => {
    const address = clientAddressOf(request);
    if (address === null) return void request.raw.socket.destroy();
    const waitMs = limiter.tryTake(networkPrefixOf(address), clock.now());
    if (waitMs === 0) return done();
    const seconds = Math.ceil(waitMs / 1_000);
    void refuse(reply.header('retry-after', String(seconds)), new Refusal('TOO_MANY', `${seconds} s`));
  };
}
