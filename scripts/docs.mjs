// `npm run docs`: writes the pages that are made from the code.

import { writeFileSync } from 'node:fs';
import { makeReady } from './ready/make-ready.mjs';
import { inRoot } from './ready/root.mjs';

await makeReady('everything');
const { refusalsPage } = await import('../dist/test/tidy/refusals-page.js');
writeFileSync(inRoot('docs', 'refusals.md'), refusalsPage());
