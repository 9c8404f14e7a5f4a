// Every command a person can type, in one table: grammar, help and meaning. A new command is one entry here.

import { CHANNEL_COMMANDS } from './channels/channel-commands.js';
import { GROUP_COMMANDS } from './group-commands.js';
import type { Argument, CommandEntry } from './line/grammar.js';
import { POST_COMMANDS } from './post-commands.js';
import { add, chat, exported, history, quick, reply, search, wait } from './line/meaning.js';

const USER: Argument = { kind: 'user', name: 'user' };
const FILE: Argument = { kind: 'file', name: 'file' };
const TEXT: Argument = { kind: 'text', name: 'text' };
const NOTHING = { aliases: [], arguments: [], flags: [] };
const PARTY: Argument = { kind: 'party', name: 'name' };
const ONE_USER = { aliases: [], arguments: [USER], flags: [] };
const USER_AND_TEXT = { aliases: [], arguments: [USER, TEXT], flags: [] };

const HERE: readonly CommandEntry[] = [
  {
    ...NOTHING,
    name: 'online',
    section: 'Being here',
    flags: [{ name: '--accept-server' }],
    summary: 'register if new, and go online',
    example: 'online',
    parse: ({ flag }) => ({ type: 'online', acceptServer: flag('--accept-server') !== null }),
  },
  {
    ...NOTHING,
    name: 'offline',
    section: 'Being here',
    summary: 'go offline and stay in the program',
    example: 'offline',
    parse: () => ({ type: 'offline' }),
  },
  {
    ...NOTHING,
    name: 'whoami',
    section: 'Being here',
    summary: 'show your name, key and fingerprint',
    example: 'whoami',
    parse: () => ({ type: 'whoami' }),
  },
  {
    ...NOTHING,
    name: 'unregister',
    section: 'Being here',
    summary: 'give your name up for good',
    example: 'unregister',
    parse: () => ({ type: 'unregister' }),
  },
  {
    ...NOTHING,
    name: 'exit',
    aliases: ['quit'],
    section: 'Being here',
    summary: 'go offline and leave; in a conversation: leave it',
    example: 'exit',
    parse: () => ({ type: 'exit' }),
  },
];

const PEOPLE: readonly CommandEntry[] = [
  {
    ...ONE_USER,
    name: 'lookup',
    section: 'People',
    summary: 'show a user: online or last seen, fingerprint',
    example: 'lookup bob',
    parse: ({ word }) => ({ type: 'lookup', user: word('user') }),
  },
  {
    ...NOTHING,
    name: 'who',
    section: 'People',
    summary: 'users online now, as far as the name server lists them',
    example: 'who',
    parse: () => ({ type: 'who' }),
  },
  {
    ...NOTHING,
    name: 'list',
    section: 'People',
    summary: 'your friends, with state and unread counts',
    example: 'list',
    parse: () => ({ type: 'list' }),
  },
  {
    ...NOTHING,
    name: 'update',
    section: 'People',
    summary: 'refresh what is stored about all friends',
    example: 'update',
    parse: () => ({ type: 'update' }),
  },
  {
    ...NOTHING,
    name: 'add',
    arguments: [USER, { kind: 'text', name: 'note', isOptional: true }],
    section: 'People',
    summary: 'ask somebody to be friends, online or not',
    example: 'add bob we met at the lake',
    parse: ({ word }) => add(word('user'), word('note')),
  },
  {
    ...NOTHING,
    name: 'requests',
    section: 'People',
    summary: 'what waits for your answer',
    example: 'requests',
    parse: () => ({ type: 'requests' }),
  },
  {
    ...NOTHING,
    name: 'accept',
    arguments: [PARTY, { kind: 'group', name: 'group', isOptional: true }],
    section: 'People',
    summary: 'say yes: to a friend request, an invitation, or who wants to join your group',
    example: 'accept bob',
    parse: (given) => reply('accept', given),
  },
  {
    ...NOTHING,
    name: 'reject',
    arguments: [PARTY, { kind: 'group', name: 'group', isOptional: true }],
    section: 'People',
    summary: 'say no to any of them',
    example: 'reject bob',
    parse: (given) => reply('reject', given),
  },
  {
    ...ONE_USER,
    name: 'block',
    section: 'People',
    summary: 'hear nothing more from somebody, silently',
    example: 'block bob',
    parse: ({ word }) => ({ type: 'block', user: word('user') }),
  },
  {
    ...ONE_USER,
    name: 'unblock',
    section: 'People',
    summary: 'hear somebody again',
    example: 'unblock bob',
    parse: ({ word }) => ({ type: 'unblock', user: word('user') }),
  },
  {
    ...ONE_USER,
    name: 'remove',
    section: 'People',
    summary: 'end a friendship, at both ends',
    example: 'remove bob',
    parse: ({ word }) => ({ type: 'remove', user: word('user') }),
  },
  {
    ...ONE_USER,
    name: 'verify',
    flags: [{ name: '--confirm' }],
    section: 'People',
    summary: 'the safety number of the two of you; --confirm once you compared it',
    example: 'verify bob',
    parse: ({ word, flag }) => ({ type: 'verify', user: word('user'), confirm: flag('--confirm') !== null }),
  },
];

const TALKING: readonly CommandEntry[] = [
  {
    ...ONE_USER,
    name: 'connect',
    section: 'Talking',
    summary: 'open a conversation: lines are chat until /exit',
    example: 'connect bob',
    parse: ({ word }) => ({ type: 'connect', user: word('user') }),
  },
  {
    ...USER_AND_TEXT,
    name: 'say',
    section: 'Talking',
    summary: 'one chat message; kept until it arrives',
    example: 'say bob see you at eight',
    parse: ({ word }) => chat(word('user'), word('text')),
  },
  {
    ...USER_AND_TEXT,
    name: 'message',
    section: 'Talking',
    summary: 'one quick message by UDP; arrives at once or fails',
    example: 'message bob look outside',
    parse: ({ word }) => quick(word('user'), word('text')),
  },
  {
    ...NOTHING,
    name: 'history',
    arguments: [{ kind: 'party', name: 'user' }],
    flags: [
      { name: '--limit', value: 'N' },
      { name: '--before', value: 'ID' },
    ],
    section: 'Talking',
    summary: 'what was said, the oldest line first',
    example: 'history bob --limit 20',
    parse: history,
  },
  {
    ...NOTHING,
    name: 'search',
    arguments: [{ kind: 'words', name: 'words' }],
    flags: [
      { name: 'from:', value: 'U' },
      { name: 'in:', value: 'G' },
      { name: 'before:', value: 'DATE' },
    ],
    section: 'Talking',
    summary: 'messages that hold all the words, the newest first',
    example: 'search lake boat from:bob before:2026-11-20',
    parse: search,
  },
  {
    ...NOTHING,
    name: 'outbox',
    section: 'Talking',
    summary: 'messages of yours that have not arrived',
    example: 'outbox',
    parse: () => ({ type: 'outbox' }),
  },
  {
    ...NOTHING,
    name: 'cancel',
    arguments: [{ kind: 'id', name: 'id' }],
    section: 'Talking',
    summary: 'take a message out of the outbox',
    example: 'cancel q3JYw0kEo1q5hZ2xT9uV7g',
    parse: ({ word }) => ({ type: 'cancel', id: word('id') }),
  },
];

const DATA: readonly CommandEntry[] = [
  {
    ...NOTHING,
    name: 'export',
    flags: [
      { name: '--format', value: 'json|html' },
      { name: '--to', value: 'PATH' },
    ],
    section: 'Your data',
    summary: 'your people and messages as a file to read (html) or to work on (json)',
    example: 'export --format html --to alice.html',
    parse: exported,
  },
  {
    ...NOTHING,
    name: 'certificate',
    flags: [{ name: '--to', value: 'FOLDER' }],
    section: 'Your data',
    summary: 'your certificate and its secret key as PEM files, for curl and the like',
    example: 'certificate --to pem',
    parse: ({ flag }) => ({ type: 'certificate', to: flag('--to') }),
  },
  {
    ...NOTHING,
    name: 'backup',
    arguments: [FILE],
    section: 'Your data',
    summary: 'all you have as one encrypted file; asks for a passphrase',
    example: 'backup alice.backup',
    parse: ({ word }) => ({ type: 'backup', file: word('file') }),
  },
  {
    ...NOTHING,
    name: 'restore',
    arguments: [FILE],
    flags: [{ name: '--check' }],
    section: 'Your data',
    summary: 'go back to a backup; --check only sees whether it is sound',
    example: 'restore alice.backup --check',
    parse: ({ word, flag }) => ({ type: 'restore', file: word('file'), check: flag('--check') !== null }),
  },
];

const CLIENT: readonly CommandEntry[] = [
  {
    ...NOTHING,
    name: 'help',
    arguments: [{ kind: 'command', name: 'command', isOptional: true }],
    section: 'This client',
    summary: 'all commands, or one of them',
    example: 'help say',
    parse: ({ word }) => ({ type: 'help', topic: word('command') || null }),
  },
  {
    ...NOTHING,
    name: 'wait',
    arguments: [
      { kind: 'event', name: 'event' },
      { kind: 'seconds', name: 'seconds', isOptional: true },
      { kind: 'pairs', name: 'key=value' },
    ],
    section: 'This client',
    summary: 'wait for an event (10 s unless told), in scripts',
    example: 'wait chat 5 from=bob',
    parse: wait,
  },
];

export const COMMANDS: readonly CommandEntry[] = [
  ...HERE,
  ...PEOPLE,
  ...TALKING,
  ...GROUP_COMMANDS,
  ...CHANNEL_COMMANDS,
  ...POST_COMMANDS,
  ...DATA,
  ...CLIENT,
];
