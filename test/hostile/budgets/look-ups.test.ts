// One client looks up as many names as it can with as few requests as it can.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { runServer } from '../../nameserver/test-server.js';

/** The number of requests that are answered before the first 429, and what that one says. */
async function askUntilRefused(t: TestContext, url: string): Promise<{ answered: number; retryAfter: unknown }> {
  const { app } = await runServer(t, { store: 'memory', requestsPerMinute: '1000000' });
  for (let answered = 0; ; answered += 1) {
    const { statusCode, headers } = await app.inject(url);
    if (statusCode === 429) return { answered, retryAfter: headers['retry-after'] };
    assert.equal(statusCode, 200);
    assert.ok(answered < 2_000, 'a budget ends');
  }
}

const HUNDREDS = Array.from({ length: LIMITS.restNamesMax }, (_, nth) => `name${nth}`).join(',');
const REQUESTS = LIMITS.lookUpsPerNetwork.burst / LIMITS.restNamesMax;
const LISTS = [`/v1/users?names=${HUNDREDS}`, `/v1/users?online=true`, `/v1/groups?limit=${LIMITS.restPageMax}`];

for (const url of LISTS) {
  test(`[LOAD-6] each name that a request looks up counts: ${url.slice(0, 22)}`, async (t) => {
    const { answered, retryAfter } = await askUntilRefused(t, url);
    // Tokens return while the test runs, so it may be a few more.
    assert.ok(answered >= REQUESTS && answered < REQUESTS * 1.5, `${answered} requests were answered`);
    assert.equal(retryAfter, '1');
  });
}
