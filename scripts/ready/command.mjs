// Runs another program and gives its exit code. What it prints goes to stderr.

import { spawn } from 'node:child_process';
import { inRoot, ROOT } from './root.mjs';

const onWindows = process.platform === 'win32';

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
  return run('npm', args, { shell: onWindows });
}

/** What npm prints on stdout, or null where it fails; what it has to say goes to stderr. */
export function outputOfNpm(args) {
  const own = process.env.npm_execpath;
  const isScript = own?.endsWith('npm-cli.js') ?? false;
  const [command, all] = isScript ? [process.execPath, [own, ...args]] : ['npm', args];
  return new Promise((resolve) => {
    const child = spawn(command, all, { cwd: ROOT, stdio: ['ignore', 'pipe', 2], shell: !isScript && onWindows });
    let text = '';
    child.stdout.on('data', (chunk) => (text += chunk));
    child.on('error', () => resolve(null));
    child.on('close', (code) => resolve(code === 0 ? text : null));
  });
}

function run(command, args, options) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options });
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
