// Bounds how many requests one network may make in a minute; beyond it 429 with Retry-After.
//
// Written here because it has to be cheap: a look-up takes 15 µs, and @fastify/rate-limit as much again.

import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { clock } from '../../runtime/sources.js';
import { Pace } from '../pace.js';
import { refuse } from './refused.js';

/** Every request counts, whatever becomes of it; 0: no bound. */
export function limitRequests(app: FastifyInstance, requestsPerMinute: number): void {
  if (requestsPerMinute > 0) app.addHook('onRequest', paceHook(requestsPerMinute));
}

/** A bound of its own for one route; none where the whole server has none. */
export function limitRoute(timesPerMinute: number, requestsPerMinute: number): onRequestHookHandler[] {
  return requestsPerMinute > 0 ? [paceHook(timesPerMinute)] : [];
}

function paceHook(timesPerMinute: number): onRequestHookHandler {
  const pace = new Pace(timesPerMinute, LIMITS.restNetworksRemembered);
  return (request: FastifyRequest, reply, done) => {
    const waitMs = pace.tryOnce(networkOf(request.ip), clock.now());
    if (waitMs === 0) return done();
    const seconds = Math.ceil(waitMs / 1_000);
    void refuse(reply.header('retry-after', String(seconds)), new Refusal('TOO_MANY', `${seconds} s`));
  };
}

/** An IPv4 address, or the first 64 bits of an IPv6 address: whoever has one of those has them all. */
export function networkOf(address: string): string {
  const mapped = address.lastIndexOf('.') > 0 ? address.slice(address.lastIndexOf(':') + 1) : null;
  if (mapped !== null) return mapped;
  const [head = '', tail = ''] = address.split('::');
  const first = head.split(':').filter(Boolean);
  const last = tail.split(':').filter(Boolean);
  const zeros = address.includes('::') ? 8 - first.length - last.length : 0;
  return [...first, ...Array<string>(Math.max(0, zeros)).fill('0'), ...last].slice(0, 4).join(':');
}
