// `npm run build`: makes the tree ready, tests and benchmarks included.

import { makeReady } from './ready/make-ready.mjs';

await makeReady('everything');
