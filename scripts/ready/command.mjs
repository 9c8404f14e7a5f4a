// Runs another program and gives its exit code. What it prints goes to stderr.

import { spawn } from 'node:child_process';
import { inRoot, ROOT } from './root.mjs';

/** Runs Node on a script with arguments: the Node that runs us, or another. */
export function runNode(args, { node = process.execPath, env = process.env } = {}) {
  return run(node, args, { env });
}

/** Runs a tool of node_modules by the path of its script. */
export function runTool(script, args) {
  return runNode([inRoot('node_modules', script), ...args]);
}

/** Runs npm: the one that runs us, or the one on the path. */
export function runNpm(args) {
  const own = process.env.npm_execpath;
  if (own?.endsWith('npm-cli.js')) return runNode([own, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}

function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
