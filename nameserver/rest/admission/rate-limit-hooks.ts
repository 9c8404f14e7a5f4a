// Limits the requests of one network per minute. Above the limit: 429 with Retry-After.
//
// Not @fastify/rate-limit: a look-up takes 15 µs, and that plugin would double it.

import type { FastifyInstance, FastifyRequest, onRequestHookHandler } from 'fastify';
import type { Budget } from '../../../protocols/kit/bounds/budget.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Refusal } from '../../../protocols/kit/refusals.js';
import { clock } from '../../../runtime/sources.js';
import { MINUTE, rate } from '../../../protocols/kit/limits/units.js';
import { networkBudget, tooMany } from '../../budgets.js';
import { clientNetworkOf } from './client-address.js';
import { refuse } from '../refusal-responses.js';

/** Monitoring polls this often, and may share an address with a flooding client. */
const UNLIMITED = '/healthz';

/** Counts every request except health checks, whatever its result. 0: no limit. */
export function limitRequests(app: FastifyInstance, requestsPerMinute: number): void {
  if (requestsPerMinute === 0) return;
  const hook = rateLimitHook(requestsPerMinute);
  app.addHook('onRequest', function limit(request, reply, done) {
    if (request.routeOptions.url === UNLIMITED) return done();
    hook.call(this, request, reply, done);
  });
}

/** A separate limit for one route. None if the server has no limit. */
export function limitRoute(timesPerMinute: number, requestsPerMinute: number): onRequestHookHandler[] {
  return requestsPerMinute > 0 ? [rateLimitHook(timesPerMinute)] : [];
}

function rateLimitHook(timesPerMinute: number): onRequestHookHandler {
  const budget = networkBudget({ each: rate(timesPerMinute, timesPerMinute, MINUTE), all: null });
  return (request: FastifyRequest, reply, done) => {
    const network = clientNetworkOf(request);
    if (network === null) return void request.raw.socket.destroy();
    const waitMs = budget.spend(network, clock.now());
    if (waitMs === 0) return done();
    void refuse(reply, tooMany(waitMs));
  };
}

/** Counts the names that a network looks up, over all routes: a request for 100 names costs 100. */
export class LookUpBudget {
  private readonly budget: Budget;

  /** `isLimited`: false for no limit. */
  constructor(isLimited: boolean) {
    this.budget = networkBudget(isLimited ? { each: LIMITS.lookUpsPerNetwork, all: LIMITS.lookUpsInAll } : null);
  }

  /** Null, or why the request is refused. */
  refusalFor(request: FastifyRequest, names: number): Refusal | null {
    const waitMs = this.budget.spend(clientNetworkOf(request) ?? '', clock.now(), names);
    return waitMs === 0 ? null : tooMany(waitMs);
  }
}
