// `npm run test:nodes [-- 22 24 some/path]`: the tests on newer Nodes, each in a copy of the tree, because native parts
// fit one Node only.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative, sep } from 'node:path';
import { runNode, runNpm } from './ready/command.mjs';
import { ROOT } from './ready/root.mjs';
import { say } from './ready/say.mjs';

const VERSIONS = ['22', '24'];
const LEFT_OUT = new Set(['node_modules', 'dist', 'data', '.git']);

const asked = process.argv.slice(2).filter((word) => /^\d+$/.test(word));
const wanted = process.argv.slice(2).filter((word) => !asked.includes(word));
for (const version of asked.length > 0 ? asked : VERSIONS) {
  if (await passesOn(version)) continue;
  say(`the tests fail on Node ${version}`);
  process.exitCode = 1;
}

async function passesOn(version) {
  const directory = mkdtempSync(join(tmpdir(), `kith-node-${version}-`));
  try {
    const newer = await fetchNode(version, join(directory, 'node'));
    if (!newer) return false;
    const tree = join(directory, 'tree');
    cpSync(ROOT, tree, { recursive: true, filter: isCopied });
    say(`testing on Node ${version} …`);
    return (await runNode(['--enable-source-maps', join(tree, 'scripts', 'test.mjs'), ...wanted], newer)) === 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * The registry has Node as a package for each kind of machine, with the headers that native parts are compiled
 * against.
 */
async function fetchNode(version, directory) {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const code = await runNpm(['install', '--no-audit', '--no-fund', '--prefix', directory, `${name}@${version}`]);
  if (code !== 0) return null;
  const home = join(directory, 'node_modules', name);
  const node = join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const path = `${dirname(node)}${delimiter}${process.env.PATH}`;
  return { node, env: { ...process.env, PATH: path, npm_config_nodedir: home } };
}

function isCopied(path) {
  const [top] = relative(ROOT, path).split(sep);
  return !LEFT_OUT.has(top) || relative(ROOT, path).startsWith(join('data', 'README'));
}
