// The table of commands in the README against the table the programs use: the same usage lines, no more and no less.

import { COMMANDS } from '../../protocols/control/command-table.js';
import { usage } from '../../protocols/control/line/grammar.js';
import type { Finding } from './source.js';

/** What scripts of other people rely on. A command may be added to it, and never leaves. */
export const PROMISED = [
  ...['online', 'offline', 'exit', 'quit', 'lookup', 'who', 'update', 'add', 'requests', 'accept', 'reject', 'block'],
  ...['unblock', 'remove', 'list', 'connect', 'say', 'message', 'history', 'outbox', 'cancel', 'verify', 'unregister'],
  ...['whoami', 'help', 'wait', 'search', 'export', 'backup', 'restore'],
  ...['post upload', 'post text', 'post list', 'post get', 'post remove', 'feed'],
];

export function commandNames(): string[] {
  return COMMANDS.flatMap(({ name, aliases }) => [name, ...aliases]);
}

/** `readme`: its text. Usage lines are the code spans in the first column of the table under "Commands". */
export function commandTableRule(readme: string): Finding[] {
  const written = new Set(usagesIn(readme));
  const real = new Set(COMMANDS.flatMap((entry) => [usage(entry), ...entry.aliases]));
  const missing = [...real].filter((line) => !written.has(line)).map((line) => `the table of commands lacks: ${line}`);
  const wrong = [...written]
    .filter((line) => !real.has(line))
    .map((line) => `help does not know this command: ${line}`);
  return [...missing, ...wrong].map((says) => ({ path: 'README.md', line: 1, says }));
}

function usagesIn(readme: string): string[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith('Commands')) ?? '';
  const cells = section.split('\n').flatMap((line) => /^\| (`.*?) \|/.exec(line)?.[1] ?? []);
  return cells.flatMap((cell) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, usageLine]) => (usageLine ?? '').replaceAll('\\|', '|')),
  );
}
