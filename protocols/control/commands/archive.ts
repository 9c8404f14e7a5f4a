// Commands about all the data of a client: export, certificate, backup, restore. They run beside the engine.

import type { CommandsOf } from '../command-map.js';
import { FILE, NO_ARGUMENTS, type CommandEntry } from '../line/grammar.js';

/** The contents of a backup. `at`: when it was made, ISO 8601 UTC. */
export interface BackupSummary {
  readonly user: string;
  readonly at: string;
  readonly messages: number;
  readonly friends: number;
}

export interface ArchiveCommandMap {
  /** `to`: null for the usual file. */
  export: { command: { format: 'json' | 'html'; to: string | null }; answer: { path: string; messages: number } };
  /** `to`: a folder. The answer has the paths of two PEM files. */
  certificate: { command: { to: string | null }; answer: { certificate: string; key: string } };
  backup: { command: { file: string }; answer: BackupSummary & { path: string } };
  /** `check`: read the file and change nothing. `before`: where the data of today is moved; null after a check. */
  restore: { command: { file: string; check: boolean }; answer: BackupSummary & { before: string | null } };
}

/** As typed. A passphrase never stands on a line. */
export type ParsedArchiveCommand = CommandsOf<ArchiveCommandMap>;

type NeedsPassphrase = Extract<ParsedArchiveCommand, { type: 'backup' | 'restore' }>;

/** As the client gets it, once the user interface has the passphrase. */
export type ArchiveCommand =
  Exclude<ParsedArchiveCommand, NeedsPassphrase> | (NeedsPassphrase & { passphrase: string });

const NAMES: Record<keyof ArchiveCommandMap, true> = { export: true, certificate: true, backup: true, restore: true };

/** True for the commands of this file. */
export function isArchiveCommand<C extends { type: string }>(command: C | ArchiveCommand): command is ArchiveCommand {
  return Object.hasOwn(NAMES, command.type);
}

const DATA = { ...NO_ARGUMENTS, section: 'Your data' } as const;

export const ARCHIVE_COMMANDS: readonly CommandEntry<ParsedArchiveCommand>[] = [
  {
    ...DATA,
    name: 'export',
    flags: [
      { name: '--format', value: 'json|html' },
      { name: '--to', value: 'PATH' },
    ],
    summary: 'save your friends and messages as a file: html to read, json for programs',
    example: 'export --format html --to alice.html',
    parse: ({ flag }) => {
      const format = flag('--format') ?? 'json';
      return format === 'json' || format === 'html' ? { type: 'export', format, to: flag('--to') } : null;
    },
  },
  {
    ...DATA,
    name: 'certificate',
    flags: [{ name: '--to', value: 'FOLDER' }],
    summary: 'save your certificate and its secret key as PEM files, for programs like curl',
    example: 'certificate --to pem',
    parse: ({ flag }) => ({ type: 'certificate', to: flag('--to') }),
  },
  {
    ...DATA,
    name: 'backup',
    arguments: [FILE],
    summary: 'save all your data as one encrypted file; asks for a passphrase',
    example: 'backup alice.backup',
    parse: ({ word }) => ({ type: 'backup', file: word('file') }),
  },
  {
    ...DATA,
    name: 'restore',
    arguments: [FILE],
    flags: [{ name: '--check' }],
    summary: 'go back to a backup; --check: only test whether it can be restored',
    example: 'restore alice.backup --check',
    parse: ({ word, flag }) => ({ type: 'restore', file: word('file'), check: flag('--check') !== null }),
  },
];
