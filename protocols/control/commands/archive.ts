// Commands about the files of a client: export, certificate, backup, restore, identity. They run beside the engine.

import type { CommandsOf, Confirmable, Nothing } from '../command-map.js';
import { FILE, NO_ARGUMENTS, YES_FLAG, yesOf, type CommandEntry } from '../line/grammar.js';

/** The contents of a backup. `at`: when it was made, ISO 8601 UTC. */
export interface BackupSummary {
  readonly user: string;
  readonly at: string;
  readonly messages: number;
  readonly friends: number;
}

/** `key`: the public half. `elsewhere`: the secret half was exported, and is not on this computer. */
export interface IdentityStatus {
  readonly key: string;
  readonly state: 'unlocked' | 'locked' | 'elsewhere';
}

export interface ArchiveCommandMap {
  /** `to`: null for the usual file. */
  export: { command: { format: 'json' | 'html'; to: string | null }; answer: { path: string; messages: number } };
  /** `to`: a folder. The answer has the paths of two PEM files. */
  certificate: { command: { to: string | null }; answer: { certificate: string; key: string } };
  backup: { command: { file: string }; answer: BackupSummary & { path: string } };
  /** `check`: read the file and change nothing. `before`: where the data of today is moved; null after a check. */
  restore: {
    command: { file: string; check: boolean } & Confirmable;
    answer: BackupSummary & { before: string | null };
  };
  identity: { command: Nothing; answer: IdentityStatus };
  identity_lock: { command: Nothing; answer: IdentityStatus };
  identity_export: { command: { file: string }; answer: IdentityStatus & { path: string } };
  /** `file`: null for the key on this computer. */
  identity_unlock: { command: { file: string | null }; answer: IdentityStatus };
}

/** As typed. A passphrase never stands on a line. */
export type ParsedArchiveCommand = CommandsOf<ArchiveCommandMap>;

const PASSPHRASES = {
  backup: 'new',
  restore: 'known',
  identity_lock: 'new',
  identity_export: 'new',
  identity_unlock: 'known',
} as const;

export type NeedsPassphrase = Extract<ParsedArchiveCommand, { type: keyof typeof PASSPHRASES }>;

/** Whether a command asks for a new passphrase or for the one that was chosen before. Null: for none. */
export function passphraseFor({ type }: { readonly type: string }): 'new' | 'known' | null {
  return Object.hasOwn(PASSPHRASES, type) ? PASSPHRASES[type as keyof typeof PASSPHRASES] : null;
}

/** True after a command that changed whether the identity key can be used. */
export function changesIdentity({ type }: ArchiveCommand): boolean {
  return type === 'identity_lock' || type === 'identity_export' || type === 'identity_unlock';
}

/** As the client gets it, once the user interface has the passphrase. */
export type ArchiveCommand =
  Exclude<ParsedArchiveCommand, NeedsPassphrase> | (NeedsPassphrase & { passphrase: string });

const NAMES: Record<keyof ArchiveCommandMap, true> = {
  ...{ export: true, certificate: true, backup: true, restore: true },
  ...{ identity: true, identity_lock: true, identity_export: true, identity_unlock: true },
};

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
    flags: [{ name: '--check' }, YES_FLAG],
    summary: 'go back to a backup; --check: only test whether it can be restored',
    example: 'restore alice.backup --check',
    parse: ({ word, flag }) => {
      return { type: 'restore', file: word('file'), check: flag('--check') !== null, ...yesOf(flag) };
    },
  },
  {
    ...DATA,
    name: 'identity',
    summary: 'show whether your identity key, which speaks for your name, is locked',
    example: 'identity',
    parse: () => ({ type: 'identity' }),
  },
  {
    ...DATA,
    name: 'identity lock',
    summary: 'lock your identity key with a passphrase; a thief of this computer cannot change your keys then',
    example: 'identity lock',
    parse: () => ({ type: 'identity_lock' }),
  },
  {
    ...DATA,
    name: 'identity export',
    arguments: [FILE],
    summary: 'move your identity key to a file, such as one on a stick; asks for a passphrase',
    example: 'identity export /media/stick/alice.key',
    parse: ({ word }) => ({ type: 'identity_export', file: word('file') }),
  },
  {
    ...DATA,
    name: 'identity unlock',
    arguments: [{ ...FILE, isOptional: true }],
    summary: 'unlock your identity key, for a new device or to give up your name',
    example: 'identity unlock',
    parse: ({ word }) => ({ type: 'identity_unlock', file: word('file') || null }),
  },
];
