// Compiles TypeScript into dist/, and knows without starting the compiler when there is nothing to do.

import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { bundleReExports } from '../bundle/re-exports.mjs';
import { bundlePage } from '../bundle/page.mjs';
import { runTool } from './command.mjs';
import { inRoot } from './root.mjs';
import { giveUp, say } from './say.mjs';

/** What to compile: `programs` is enough to run, `everything` adds tests and benchmarks. */
const TARGETS = {
  programs: {
    projects: ['start', 'client', 'nameserver', 'rooms'],
    folders: ['protocols', 'runtime', 'client', 'channels', 'nameserver', 'rooms', 'start', 'web'],
  },
  everything: {
    projects: ['.'],
    folders: ['protocols', 'runtime', 'client', 'channels', 'nameserver', 'rooms', 'start', 'web', 'test', 'bench'],
  },
};

/** What is compiled or bundled. */
const SOURCE = /\.(?:tsx?|css|html|svg|webmanifest)$|tsconfig\.json$/;
const SETTINGS = ['tsconfig.json', 'tsconfig.base.json', 'package.json', 'package-lock.json'];

/** True iff the sources are those that were compiled last: same names, sizes and times. */
export function isCompiled(target) {
  return read(buildFile(`${target}.done`)) === listingOf(target);
}

export async function compile(target) {
  say('compiling …');
  const listing = listingOf(target); // before, so that an edit meanwhile is seen next time
  distrustOldDates(target, listing);
  mkdirSync(buildFile(), { recursive: true });
  writeFileSync(buildFile(`${target}.tried`), listing);
  const code = await runTool('typescript/bin/tsc', ['-b', ...TARGETS[target].projects]);
  if (code !== 0) giveUp('the sources do not compile: see above');
  removeOrphans('dist');
  await bundleReExports();
  await bundlePage();
  makeRunnable();
  writeFileSync(buildFile(`${target}.done`), listing);
}

/**
 * The compiler takes a source for unchanged when it is dated before the last build. One that came with an older date
 * (from an archive, by a copy) would be missed, so then the compiler must forget what it knows.
 */
function distrustOldDates(target, listing) {
  const tried = buildFile(`${target}.tried`);
  const known = new Set(read(tried).split('\n'));
  const builtAt = existsSync(tried) ? statSync(tried).mtimeMs : Infinity;
  const isMissed = (line) => !known.has(line) && Number(line.split(' ')[2]) < builtAt;
  if (listing.split('\n').some(isMissed)) rmSync(buildFile(), { recursive: true, force: true });
}

function buildFile(...name) {
  return inRoot('dist', '.build', ...name);
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** One line for each source: path, size, time. */
function listingOf(target) {
  const sources = TARGETS[target].folders.flatMap(filesIn).filter((path) => SOURCE.test(path));
  const line = (path) => `${path} ${statSync(inRoot(path)).size} ${statSync(inRoot(path)).mtimeMs}`;
  return [...SETTINGS, ...sources].map(line).join('\n');
}

function filesIn(folder) {
  if (!existsSync(inRoot(folder))) return [];
  return readdirSync(inRoot(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

/** The compiler leaves what it made of sources that are gone; a test among them would still run. */
function removeOrphans(folder) {
  for (const path of filesIn(folder)) {
    const source = /^dist\/(.*)\.(?:d\.ts|js)(?:\.map)?$/.exec(path)?.[1];
    if (source && !isMadeElsewhere(path) && !['ts', 'tsx'].some((kind) => existsSync(inRoot(`${source}.${kind}`))))
      rmSync(inRoot(path), { force: true });
  }
}

/** By the compiler for itself, or by the bundler. */
function isMadeElsewhere(path) {
  return path.startsWith('dist/.build/') || path.startsWith('dist/page/');
}

function makeRunnable() {
  const { bin } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
  for (const path of Object.values(bin)) {
    if (existsSync(inRoot(path))) chmodSync(inRoot(path), 0o755);
  }
}
