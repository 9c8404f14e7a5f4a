// The thread in which files are fetched: TLS, hashing and disk of downloads hold up nothing else.

import { serveThread } from '../../runtime/thread.js';
import { Fetch } from './fetch.js';
import type { FetchNews, FetchOrder } from './fetch-plan.js';

const fetches = new Map<number, Fetch>();

const tell = serveThread<FetchOrder, FetchNews>((order) => {
  if (order.do === 'stop') return fetches.get(order.fetch)?.stop();
  const fetch = new Fetch(order.plan, tell);
  fetches.set(order.plan.fetch, fetch);
  void fetch.run().finally(() => fetches.delete(order.plan.fetch));
});
