// The commands about posts: their part of the table.

import { LIMITS } from '../kit/limits.js';
import { byteLength } from '../kit/bytes.js';
import { Refusal, type Outcome } from '../kit/refusals.js';
import type { Command } from './command.js';
import type { Argument, CommandEntry, ParsedArguments } from './line/grammar.js';

const USER: Argument = { kind: 'user', name: 'user' };
const ID: Argument = { kind: 'id', name: 'id' };
const PAGE = [
  { name: '--limit', value: 'N' },
  { name: '--before', value: 'ID' },
] as const;

export const POST_COMMANDS: readonly CommandEntry[] = [
  {
    name: 'post upload',
    aliases: [],
    section: 'Posts',
    arguments: [{ kind: 'file', name: 'path' }],
    flags: [{ name: '--title', value: 'T' }, { name: '--reshare' }],
    summary: 'share a file with your friends; --reshare: those who have it may pass it on to your other friends',
    example: 'post upload lake.jpg --title "The lake"',
    parse: ({ word, flag }) => upload(word('path'), flag('--title'), flag('--reshare') !== null),
  },
  {
    name: 'post text',
    aliases: [],
    section: 'Posts',
    arguments: [{ kind: 'text', name: 'text' }],
    flags: [],
    summary: 'share a text with your friends',
    example: 'post text the ice is gone',
    parse: ({ word }) => text(word('text')),
  },
  {
    name: 'post list',
    aliases: [],
    section: 'Posts',
    arguments: [{ ...USER, isOptional: true }],
    flags: PAGE,
    summary: 'your posts or those of a friend, the newest first',
    example: 'post list bob --limit 20',
    parse: ({ word, flag }) => page(flag, (some) => ({ type: 'post_list', user: word('user') || null, ...some })),
  },
  {
    name: 'post get',
    aliases: [],
    section: 'Posts',
    arguments: [USER, ID],
    flags: [{ name: '--to', value: 'PATH' }, { name: '--force' }],
    summary: 'fetch the file of a post; goes on after any interruption',
    example: 'post get bob q3JYw0kEo1q5hZ2xT9uV7g --to film.mkv',
    parse: ({ word, flag }) => {
      const where = { to: flag('--to'), force: flag('--force') !== null };
      return { type: 'post_get', user: word('user'), id: word('id'), ...where };
    },
  },
  {
    name: 'post remove',
    aliases: [],
    section: 'Posts',
    arguments: [ID],
    flags: [],
    summary: 'take a post of yours back',
    example: 'post remove q3JYw0kEo1q5hZ2xT9uV7g',
    parse: ({ word }) => ({ type: 'post_remove', id: word('id') }),
  },
  {
    name: 'feed',
    aliases: [],
    section: 'Posts',
    arguments: [],
    flags: PAGE,
    summary: 'the newest posts of all friends',
    example: 'feed',
    parse: ({ flag }) => page(flag, (some) => ({ type: 'feed', ...some })),
  },
];

function upload(path: string, title: string | null, isReshared: boolean): Outcome<Command> {
  const isLong = title !== null && title.length > LIMITS.postTitleCharacters;
  if (isLong) return new Refusal('TEXT_TOO_LONG', `a title has at most ${LIMITS.postTitleCharacters} letters`);
  return { type: 'post_upload', path, title, isReshared };
}

function text(typed: string): Outcome<Command> {
  if (typed.trim() === '') return new Refusal('TEXT_EMPTY');
  const bytes = byteLength(typed);
  if (bytes > LIMITS.postTextBytes) return new Refusal('TEXT_TOO_LONG', `it has ${bytes} bytes of at most 16 KiB`);
  return { type: 'post_text', text: typed };
}

/** Null where the limit is no number in range. */
function page<C extends Command>(
  flag: ParsedArguments['flag'],
  make: (some: { limit: number; before: string | null }) => C,
): C | null {
  const typed = flag('--limit') ?? String(LIMITS.postsListedDefault);
  const limit = /^\d{1,9}$/.test(typed) ? Number(typed) : 0;
  return limit < 1 || limit > LIMITS.postsListedMax ? null : make({ limit, before: flag('--before') });
}
