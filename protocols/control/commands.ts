// Every command a person can type, in one table: grammar, help and meaning. A new command is one entry here.

import { CHANNEL_COMMANDS } from './channels/channel-commands.js';
import { GROUP_COMMANDS } from './group-commands.js';
import type { Argument, CommandEntry } from './line/grammar.js';
import { POST_COMMANDS } from './post-commands.js';
import { add, chat, exported, history, quick, reply, search, wait } from './line/meaning.js';

const USER: Argument = { kind: 'user', name: 'user' };
const FILE: Argument = { kind: 'file', name: 'file' };
const TEXT: Argument = { kind: 'text', name: 'text' };
const NOTHING = { aliases: [], takes: [], flags: [] };
const PARTY: Argument = { kind: 'party', name: 'name' };
const ONE_USER = { aliases: [], takes: [USER], flags: [] };
const USER_AND_TEXT = { aliases: [], takes: [USER, TEXT], flags: [] };

const HERE: readonly CommandEntry[] = [
  {
    ...NOTHING,
    name: 'online',
    group: 'Being here',
    flags: [{ name: '--accept-server' }],
    summary: 'register if new, and go online',
    example: 'online',
    make: ({ flag }) => ({ type: 'online', acceptServer: flag('--accept-server') !== null }),
  },
  {
    ...NOTHING,
    name: 'offline',
    group: 'Being here',
    summary: 'go offline and stay in the program',
    example: 'offline',
    make: () => ({ type: 'offline' }),
  },
  {
    ...NOTHING,
    name: 'whoami',
    group: 'Being here',
    summary: 'show your name, key and fingerprint',
    example: 'whoami',
    make: () => ({ type: 'whoami' }),
  },
  {
    ...NOTHING,
    name: 'unregister',
    group: 'Being here',
    summary: 'give your name up for good',
    example: 'unregister',
    make: () => ({ type: 'unregister' }),
  },
  {
    ...NOTHING,
    name: 'exit',
    aliases: ['quit'],
    group: 'Being here',
    summary: 'go offline and leave; in a conversation: leave it',
    example: 'exit',
    make: () => ({ type: 'exit' }),
  },
];

const PEOPLE: readonly CommandEntry[] = [
  {
    ...ONE_USER,
    name: 'lookup',
    group: 'People',
    summary: 'show a user: online or last seen, fingerprint',
    example: 'lookup bob',
    make: ({ word }) => ({ type: 'lookup', user: word('user') }),
  },
  {
    ...NOTHING,
    name: 'who',
    group: 'People',
    summary: 'users online now, as far as the name server lists them',
    example: 'who',
    make: () => ({ type: 'who' }),
  },
  {
    ...NOTHING,
    name: 'list',
    group: 'People',
    summary: 'your friends, with state and unread counts',
    example: 'list',
    make: () => ({ type: 'list' }),
  },
  {
    ...NOTHING,
    name: 'update',
    group: 'People',
    summary: 'refresh what is stored about all friends',
    example: 'update',
    make: () => ({ type: 'update' }),
  },
  {
    ...NOTHING,
    name: 'add',
    takes: [USER, { kind: 'text', name: 'note', isOptional: true }],
    group: 'People',
    summary: 'ask somebody to be friends, online or not',
    example: 'add bob we met at the lake',
    make: ({ word }) => add(word('user'), word('note')),
  },
  {
    ...NOTHING,
    name: 'requests',
    group: 'People',
    summary: 'what waits for your answer',
    example: 'requests',
    make: () => ({ type: 'requests' }),
  },
  {
    ...NOTHING,
    name: 'accept',
    takes: [PARTY, { kind: 'group', name: 'group', isOptional: true }],
    group: 'People',
    summary: 'say yes: to a friend request, an invitation, or who wants to join your group',
    example: 'accept bob',
    make: (given) => reply('accept', given),
  },
  {
    ...NOTHING,
    name: 'reject',
    takes: [PARTY, { kind: 'group', name: 'group', isOptional: true }],
    group: 'People',
    summary: 'say no to any of them',
    example: 'reject bob',
    make: (given) => reply('reject', given),
  },
  {
    ...ONE_USER,
    name: 'block',
    group: 'People',
    summary: 'hear nothing more from somebody, silently',
    example: 'block bob',
    make: ({ word }) => ({ type: 'block', user: word('user') }),
  },
  {
    ...ONE_USER,
    name: 'unblock',
    group: 'People',
    summary: 'hear somebody again',
    example: 'unblock bob',
    make: ({ word }) => ({ type: 'unblock', user: word('user') }),
  },
  {
    ...ONE_USER,
    name: 'remove',
    group: 'People',
    summary: 'end a friendship, at both ends',
    example: 'remove bob',
    make: ({ word }) => ({ type: 'remove', user: word('user') }),
  },
  {
    ...ONE_USER,
    name: 'verify',
    flags: [{ name: '--confirm' }],
    group: 'People',
    summary: 'the safety number of the two of you; --confirm once you compared it',
    example: 'verify bob',
    make: ({ word, flag }) => ({ type: 'verify', user: word('user'), confirm: flag('--confirm') !== null }),
  },
];

const TALKING: readonly CommandEntry[] = [
  {
    ...ONE_USER,
    name: 'connect',
    group: 'Talking',
    summary: 'open a conversation: lines are chat until /exit',
    example: 'connect bob',
    make: ({ word }) => ({ type: 'connect', user: word('user') }),
  },
  {
    ...USER_AND_TEXT,
    name: 'say',
    group: 'Talking',
    summary: 'one chat message; kept until it arrives',
    example: 'say bob see you at eight',
    make: ({ word }) => chat(word('user'), word('text')),
  },
  {
    ...USER_AND_TEXT,
    name: 'message',
    group: 'Talking',
    summary: 'one quick message by UDP; arrives at once or fails',
    example: 'message bob look outside',
    make: ({ word }) => quick(word('user'), word('text')),
  },
  {
    ...NOTHING,
    name: 'history',
    takes: [{ kind: 'party', name: 'user' }],
    flags: [
      { name: '--limit', value: 'N' },
      { name: '--before', value: 'ID' },
    ],
    group: 'Talking',
    summary: 'what was said, the oldest line first',
    example: 'history bob --limit 20',
    make: history,
  },
  {
    ...NOTHING,
    name: 'search',
    takes: [{ kind: 'words', name: 'words' }],
    flags: [
      { name: 'from:', value: 'U' },
      { name: 'in:', value: 'G' },
      { name: 'before:', value: 'DATE' },
    ],
    group: 'Talking',
    summary: 'messages that hold all the words, the newest first',
    example: 'search lake boat from:bob before:2026-11-20',
    make: search,
  },
  {
    ...NOTHING,
    name: 'outbox',
    group: 'Talking',
    summary: 'messages of yours that have not arrived',
    example: 'outbox',
    make: () => ({ type: 'outbox' }),
  },
  {
    ...NOTHING,
    name: 'cancel',
    takes: [{ kind: 'id', name: 'id' }],
    group: 'Talking',
    summary: 'take a message out of the outbox',
    example: 'cancel q3JYw0kEo1q5hZ2xT9uV7g',
    make: ({ word }) => ({ type: 'cancel', id: word('id') }),
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
    group: 'Your data',
    summary: 'your people and messages as a file to read (html) or to work on (json)',
    example: 'export --format html --to alice.html',
    make: exported,
  },
  {
    ...NOTHING,
    name: 'certificate',
    flags: [{ name: '--to', value: 'FOLDER' }],
    group: 'Your data',
    summary: 'your certificate and its secret key as PEM files, for curl and the like',
    example: 'certificate --to pem',
    make: ({ flag }) => ({ type: 'certificate', to: flag('--to') }),
  },
  {
    ...NOTHING,
    name: 'backup',
    takes: [FILE],
    group: 'Your data',
    summary: 'all you have as one encrypted file; asks for a passphrase',
    example: 'backup alice.backup',
    make: ({ word }) => ({ type: 'backup', file: word('file') }),
  },
  {
    ...NOTHING,
    name: 'restore',
    takes: [FILE],
    flags: [{ name: '--check' }],
    group: 'Your data',
    summary: 'go back to a backup; --check only sees whether it is sound',
    example: 'restore alice.backup --check',
    make: ({ word, flag }) => ({ type: 'restore', file: word('file'), check: flag('--check') !== null }),
  },
];

const CLIENT: readonly CommandEntry[] = [
  {
    ...NOTHING,
    name: 'help',
    takes: [{ kind: 'command', name: 'command', isOptional: true }],
    group: 'This client',
    summary: 'all commands, or one of them',
    example: 'help say',
    make: ({ word }) => ({ type: 'help', about: word('command') || null }),
  },
  {
    ...NOTHING,
    name: 'wait',
    takes: [
      { kind: 'event', name: 'event' },
      { kind: 'seconds', name: 'seconds', isOptional: true },
      { kind: 'pairs', name: 'key=value' },
    ],
    group: 'This client',
    summary: 'wait for an event (10 s unless told), in scripts',
    example: 'wait chat 5 from=bob',
    make: wait,
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
