// The thread that fetches files, so that TLS, hashing and disk writes of downloads do not delay the main thread.

import { serveRequests } from '../../runtime/worker-thread.js';
import { Fetch } from './fetch.js';
import type { FetchEvent, FetchOrder } from './fetch-plan.js';

const fetches = new Map<number, Fetch>();
/** The last fetch for each file. A stopped one may still be writing, so the next one waits until it has ended. */
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
