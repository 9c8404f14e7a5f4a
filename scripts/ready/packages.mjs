// The installed packages: exactly those of package-lock.json, and SQLite's native part loads in this Node.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runNode, runNpm } from './command.mjs';
import { inRoot } from './root.mjs';
import { giveUp, say } from './say.mjs';

/** On a slow machine compiling SQLite takes minutes; silence would look like a fault. */
const PULSE_MS = 20_000;
const BUILD_TOOLS = 'It needs Python 3 and a C++ compiler (Debian: apt-get install python3 build-essential).';

/**
 * True iff node_modules holds what the lockfile says. npm leaves a copy of what it installed; contents are compared,
 * not dates.
 */
export function packagesMatch() {
  const wanted = packagesOf(inRoot('package-lock.json'));
  const present = packagesOf(inRoot('node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(
    ([path, { version, optional }]) => path === '' || optional || present[path]?.version === version,
  );
}

function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, 'utf8')).packages;
  } catch {
    return {}; // missing or half-written: nothing is installed
  }
}

export async function installPackages() {
  say('installing packages …');
  const pulse = setInterval(() => say('still installing …'), PULSE_MS);
  // No package runs a script of its own here. The one that has to (SQLite) is built by name in `rebuildSqlite`.
  const code = await runNpm(['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  clearInterval(pulse);
  if (code !== 0) giveUp(`npm ci failed (exit code ${code}): see above`);
}

/** A database that becomes garbage ends Node 24.19 and newer: see runtime/sqlite.ts. */
const kept = [];

/** True iff better-sqlite3 really works here: npm may have skipped its script, or another Node may have built it. */
export function sqliteLoads() {
  try {
    const Database = createRequire(import.meta.url)('better-sqlite3');
    kept.push(new Database(':memory:').close());
    return true;
  } catch {
    return false; // why does not matter: the cure is the same
  }
}

export async function rebuildSqlite() {
  say(`compiling SQLite for Node ${process.versions.node}, about a minute …`);
  const pulse = setInterval(() => say('still compiling …'), PULSE_MS);
  await runNpm(['rebuild', 'better-sqlite3', '--ignore-scripts=false', '--loglevel=error']);
  clearInterval(pulse);
  // A native module that failed to load can fail again in the same process, so another one judges.
  const code = await runNode(['-e', "new (require('better-sqlite3'))(':memory:').close()"]);
  if (code !== 0) giveUp(`SQLite does not load in this Node. ${BUILD_TOOLS} Then: npm rebuild better-sqlite3`);
}
