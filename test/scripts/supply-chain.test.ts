// What is installed is what was chosen: exact versions, a hash for each package, no script but the one that is named.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

interface LockedPackage {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as { packages: Record<string, LockedPackage> };
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Record<string, Record<string, string>>;
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');

test('the lockfile has a SHA-512 of every package, and none that comes from elsewhere than its registry', () => {
  const unproven = installed.filter(([, { integrity, link }]) => link === true || !integrity?.startsWith('sha512-'));
  assert.deepEqual(unproven, []);
  const foreign = installed.filter(([, { resolved }]) => /^(git|file|http:)/.test(resolved ?? ''));
  assert.deepEqual(foreign, []);
});

test('package.json names exact versions, and the lockfile has just these', () => {
  for (const [name, version] of Object.entries({ ...manifest['dependencies'], ...manifest['devDependencies'] })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.equal(lock.packages[`node_modules/${name}`]?.version, version, name);
  }
});

test('only SQLite has an install script, and set-up runs it by name after installing without scripts', () => {
  const withScript = installed.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
  assert.deepEqual(
    withScript.filter((path) => path !== 'node_modules/fsevents'),
    ['node_modules/better-sqlite3'],
  );
  const setUp = readFileSync('scripts/ready/packages.mjs', 'utf8');
  assert.match(setUp, /\['ci', '--ignore-scripts'/);
  assert.match(setUp, /\['rebuild', 'better-sqlite3'/);
});

test('the bill of materials lists every package with the hash of the lockfile', () => {
  const { status } = spawnSync(process.execPath, ['scripts/sbom.mjs'], { stdio: 'ignore' });
  assert.equal(status, 0);
  const bill = JSON.parse(readFileSync('dist/sbom.cdx.json', 'utf8')) as {
    components: { name: string; version: string; hashes?: { alg: string; content: string }[] }[];
  };
  const hashOf = new Map(bill.components.map(({ name, version, hashes }) => [`${name}@${version}`, hashes?.[0]]));
  for (const [path, { version, integrity }] of installed) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const hash = hashOf.get(`${name}@${version}`);
    if (hash === undefined) continue; // optional, for another platform
    const content = Buffer.from((integrity ?? '').slice('sha512-'.length), 'base64').toString('hex');
    assert.deepEqual(hash, { alg: 'SHA-512', content }, name);
  }
  const direct = Object.entries(manifest['dependencies'] ?? {});
  for (const [name, version] of direct) assert.ok(hashOf.has(`${name}@${version}`), name);
});
