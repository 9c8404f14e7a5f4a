// `npm run lint`: types, ESLint, Prettier and knip. Ends with 1 if any has something to say.

import { lint } from './ready/lint-tools.mjs';
import { makeReady } from './ready/make-ready.mjs';

await makeReady('everything');
process.exitCode = (await lint()) ? 0 : 1;
