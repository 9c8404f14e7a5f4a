// Makes a tree ready to run, from nothing but Node and npm: packages, native parts, compiled sources. Does nothing
// where all is done.

import { compile, isCompiled } from './compile.mjs';
import { requireNode } from './node-version.mjs';
import { installPackages, packagesMatch, rebuildSqlite, sqliteLoads } from './packages.mjs';
import { inTurn } from './turn.mjs';

/** `target`: `programs` or `everything`. Ends the process with a clear line where it cannot be done. */
export async function makeReady(target) {
  requireNode();
  if (packagesMatch() && sqliteLoads() && isCompiled(target)) return;
  await inTurn(async () => {
    if (!packagesMatch()) await installPackages();
    if (!sqliteLoads()) await rebuildSqlite();
    if (!isCompiled(target)) await compile(target);
  });
}
