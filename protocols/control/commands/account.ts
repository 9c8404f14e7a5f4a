// Commands about your own account: go online and offline, see your keys, give up your name.

import type { CommandsOf, Confirmable, Nothing } from '../command-map.js';
import { NO_ARGUMENTS, YES_FLAG, yesOf, type CommandEntry } from '../line/grammar.js';
import type { OutboxMessage } from './messages.js';

/** What a client holds and has open. */
export interface ClientStats {
  /** `bytes`: of the database. */
  readonly stored: { readonly messages: number; readonly bytes: number };
  readonly friends: number;
  /** Users with an open link: friends and group peers. */
  readonly links: number;
  /** Since the engine was built. Key rotation builds a new one. */
  readonly uptimeMs: number;
}

/** `lastSeen`: of this device now, while it is online; of a replaced device when it was replaced; null if not known. */
export interface OwnDevice {
  readonly device: string;
  readonly fingerprint: string;
  /** ISO 8601 UTC. */
  readonly since: string;
  readonly lastSeen: string | null;
  readonly state: 'this' | 'other' | 'replaced';
}

export interface AccountCommandMap {
  online: { command: { acceptServer: boolean }; answer: { user: string } };
  offline: { command: Nothing; answer: Nothing };
  exit: { command: Nothing; answer: { waiting: OutboxMessage[] } };
  whoami: {
    command: Nothing;
    /** `deviceFingerprint`: the fingerprint that people on channels see. */
    answer: {
      user: string;
      key: string;
      fingerprint: string;
      device: string;
      deviceFingerprint: string;
      online: boolean;
    };
  };
  stats: { command: Nothing; answer: ClientStats };
  devices: { command: Nothing; answer: { devices: OwnDevice[] } };
  'renew-device': { command: Nothing; answer: { device: string; fingerprint: string } };
  unregister: { command: Confirmable; answer: { user: string } };
}

const ACCOUNT = { ...NO_ARGUMENTS, section: 'Your account' } as const;

export const ACCOUNT_COMMANDS: readonly CommandEntry<CommandsOf<AccountCommandMap>>[] = [
  {
    ...ACCOUNT,
    name: 'online',
    flags: [{ name: '--accept-server' }],
    summary: 'go online; the first time, this registers your name',
    example: 'online',
    parse: ({ flag }) => ({ type: 'online', acceptServer: flag('--accept-server') !== null }),
  },
  {
    ...ACCOUNT,
    name: 'offline',
    summary: 'go offline; the program keeps running',
    example: 'offline',
    parse: () => ({ type: 'offline' }),
  },
  {
    ...ACCOUNT,
    name: 'whoami',
    summary: 'show your name, key and fingerprint',
    example: 'whoami',
    parse: () => ({ type: 'whoami' }),
  },
  {
    ...ACCOUNT,
    name: 'stats',
    summary: 'show how much is stored, how many friends and links you have, and the uptime',
    example: 'stats',
    parse: () => ({ type: 'stats' }),
  },
  {
    ...ACCOUNT,
    name: 'devices',
    summary: 'list your devices: since when, last seen, and which one this is',
    example: 'devices',
    parse: () => ({ type: 'devices' }),
  },
  {
    ...ACCOUNT,
    name: 'renew-device',
    summary: 'give this device new keys; friends and groups refuse what the old keys sign',
    example: 'renew-device',
    parse: () => ({ type: 'renew-device' }),
  },
  {
    ...ACCOUNT,
    name: 'unregister',
    flags: [YES_FLAG],
    summary: 'give up your name for good',
    example: 'unregister',
    parse: ({ flag }) => ({ type: 'unregister', ...yesOf(flag) }),
  },
  {
    ...ACCOUNT,
    name: 'exit',
    aliases: ['quit'],
    summary: 'go offline and leave the program; in a conversation: close it',
    example: 'exit',
    parse: () => ({ type: 'exit' }),
  },
];
