// The thread in which files are fetched: TLS, hashing and disk of downloads hold up nothing else.

import { serveRequests } from '../../runtime/worker-thread.js';
import { Fetch } from './fetch.js';
import type { FetchEvent, FetchOrder } from './fetch-plan.js';

const fetches = new Map<number, Fetch>();
/** By file: one that was stopped may still be writing, and its bytes must not land among those of its successor. */
const lastOf = new Map<string, Promise<void>>();

const tell = serveRequests<FetchOrder, FetchEvent>((order) => {
  if (order.type === 'stop') return fetches.get(order.fetch)?.stop();
  const { fetch: number, path } = order.plan;
  const fetch = new Fetch(order.plan, tell);
  fetches.set(number, fetch);
  const run = (lastOf.get(path) ?? Promise.resolve()).then(() => fetch.run());
  lastOf.set(path, run);
  void run.finally(() => {
    fetches.delete(number);
    if (lastOf.get(path) === run) lastOf.delete(path);
  });
});
