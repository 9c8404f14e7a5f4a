// `npm start`: makes the tree ready, then hands over to the start program.

import { makeReady } from './ready/make-ready.mjs';

await makeReady('programs');
await import('../dist/start/main.js');
