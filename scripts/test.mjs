// `npm test`: types and lint, then every test in order of reach. `npm test -- some/path` runs only files whose path
// holds the text.

import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { makeBrowserReady } from './ready/browser.mjs';
import { lint } from './ready/lint-tools.mjs';
import { makeReady } from './ready/make-ready.mjs';
import { ROOT } from './ready/root.mjs';
import { giveUp } from './ready/say.mjs';
import { testFiles } from './ready/test-files.mjs';

/** No file takes a tenth of it; one that hangs must not hang the run. */
const FILE_MS = 180_000;

process.chdir(ROOT); // tests read the source tree
const wanted = process.argv.slice(2);
await makeReady('everything');
if (wanted.length === 0 && !(await lint()))
  giveUp('not tidy, so no test was run; fix this first, or name tests to run');

const files = testFiles(wanted);
if (files.length === 0) giveUp(`no test file has ${wanted.join(' or ')} in its path`);
makeBrowserReady(files);
run({ files, concurrency: 2, timeout: FILE_MS })
  .on('test:fail', () => (process.exitCode = 1))
  .compose(new spec())
  .pipe(process.stdout);
