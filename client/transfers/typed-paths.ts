// Paths as the user typed them become paths for the host: `~` is the home directory, and what is kept is absolute.

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ArchiveCommand } from '../../protocols/control/commands/archive.js';
import type { Command } from '../../protocols/control/command.js';

/** The command with its paths made ready. A download can go on after a restart from another directory. */
export function withPaths<C extends Command | ArchiveCommand>(command: C, home = homedir()): C {
  switch (command.type) {
    case 'post_get':
      return { ...command, to: command.to === null ? null : resolve(expanded(command.to, home)) };
    case 'post_upload':
      return { ...command, path: resolve(expanded(command.path, home)) };
    case 'export':
    case 'certificate':
      return { ...command, to: command.to === null ? null : expanded(command.to, home) };
    case 'backup':
    case 'restore':
    case 'identity_export':
    case 'evidence':
      return { ...command, file: expanded(command.file, home) };
    case 'identity_unlock':
      return { ...command, file: command.file === null ? null : expanded(command.file, home) };
    default:
      return command;
  }
}

/** `~` and `~/x`; the home of another user (`~bob`) is a name like any other. */
function expanded(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}
