// Bounds how many requests one network may make in a minute; beyond it 429 with Retry-After.
//
// Written here because it has to be cheap: a look-up takes 15 µs, and @fastify/rate-limit as much again.

import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { clock } from '../../runtime/sources.js';
import { networkPrefixOf } from '../../protocols/kit/bounds/network-prefix.js';
import { RateLimiter } from '../rate-limiter.js';
import { refuse } from './refusal-responses.js';

/** Whoever watches over the server asks often, and may share an address with those who flood it. */
const UNLIMITED: readonly (string | undefined)[] = ['/healthz', '/metrics'];

/** Every request counts, whatever becomes of it, but for those of whoever runs the server; 0: no bound. */
export function limitRequests(app: FastifyInstance, requestsPerMinute: number): void {
  if (requestsPerMinute === 0) return;
  const hook = rateLimitHook(requestsPerMinute);
  app.addHook('onRequest', function limit(request, reply, done) {
    if (UNLIMITED.includes(request.routeOptions.url)) return done();
    hook.call(this, request, reply, done);
  });
}

/** A bound of its own for one route; none where the whole server has none. */
export function limitRoute(timesPerMinute: number, requestsPerMinute: number): onRequestHookHandler[] {
  return requestsPerMinute > 0 ? [rateLimitHook(timesPerMinute)] : [];
}

function rateLimitHook(timesPerMinute: number): onRequestHookHandler {
  const limiter = new RateLimiter(timesPerMinute, LIMITS.restNetworksRemembered);
  return (request: FastifyRequest, reply, done) => {
    const waitMs = limiter.tryTake(networkPrefixOf(request.ip), clock.now());
    if (waitMs === 0) return done();
    const seconds = Math.ceil(waitMs / 1_000);
    void refuse(reply.header('retry-after', String(seconds)), new Refusal('TOO_MANY', `${seconds} s`));
  };
}
