// Commands about posts: files and texts that you share with your friends.

import { hasVisibleText } from '../../kit/text/visible-text.js';
import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { CommandsOf, Confirmable, Nothing } from '../command-map.js';
import { pageOf, type Page } from '../line/checks.js';
import { ID, NO_ARGUMENTS, PAGE_FLAGS, TEXT, USER, YES_FLAG, yesOf, type CommandEntry } from '../line/grammar.js';

/** A post in a list. `at`: ISO 8601 UTC. `text`: of a text post; null if there is a file to download. */
export interface PostSummary {
  readonly post: string;
  readonly from: string;
  readonly title: string;
  readonly size: number;
  readonly type: string;
  readonly at: string;
  readonly sha256: string;
  readonly text: string | null;
  readonly reshared: boolean;
}

/** A download that is not complete. `why`: why it waits, else null. */
export interface DownloadSummary {
  readonly post: string;
  readonly from: string;
  readonly title: string;
  readonly size: number;
  readonly received: number;
  readonly state: 'queued' | 'fetching' | 'waiting';
  readonly why: string | null;
}

export interface PostCommandMap {
  post_upload: { command: { path: string; title: string | null; isReshared: boolean }; answer: { post: string } };
  post_text: { command: { text: string }; answer: { post: string } };
  /** `user`: null for your own posts. */
  post_list: { command: { user: string | null } & Page; answer: { posts: PostSummary[] } };
  /** `to`: null for the usual folder. */
  post_get: {
    command: { user: string; id: string; to: string | null; force: boolean };
    answer: { post: string; path: string; sha256: string };
  };
  post_remove: { command: { id: string } & Confirmable; answer: { post: string } };
  downloads: { command: Nothing; answer: { downloads: DownloadSummary[] } };
  feed: { command: Page; answer: { posts: PostSummary[] } };
}

export type PostCommand = CommandsOf<PostCommandMap>;

const POSTS = { ...NO_ARGUMENTS, section: 'Posts' } as const;
const PAGE = { usual: LIMITS.postsListedDefault, max: LIMITS.postsListedMax };

export const POST_COMMANDS: readonly CommandEntry<PostCommand>[] = [
  {
    ...POSTS,
    name: 'post upload',
    arguments: [{ kind: 'file', name: 'path' }],
    flags: [{ name: '--title', value: 'T' }, { name: '--reshare' }],
    summary: 'share a file with your friends; --reshare: a friend who has it may pass it on to your other friends',
    example: 'post upload lake.jpg --title "The lake"',
    parse: ({ word, flag }) => upload(word('path'), flag('--title'), flag('--reshare') !== null),
  },
  {
    ...POSTS,
    name: 'post text',
    arguments: [TEXT],
    summary: 'share a text with your friends',
    example: 'post text the ice is gone',
    parse: ({ word }) => textPost(word('text')),
  },
  {
    ...POSTS,
    name: 'post list',
    arguments: [{ ...USER, isOptional: true }],
    flags: PAGE_FLAGS,
    summary: 'list your posts or those of a friend, the newest first',
    example: 'post list bob --limit 20',
    parse: ({ word, flag }) => {
      const page = pageOf(flag, PAGE);
      return page && { type: 'post_list', user: word('user') || null, ...page };
    },
  },
  {
    ...POSTS,
    name: 'post get',
    arguments: [USER, ID],
    flags: [{ name: '--to', value: 'PATH' }, { name: '--force' }],
    summary: 'download the file of a post; continues after any interruption',
    example: 'post get bob q3JYw0kEo1q5hZ2xT9uV7g --to film.mkv',
    parse: ({ word, flag }) => {
      const target = { to: flag('--to'), force: flag('--force') !== null };
      return { type: 'post_get', user: word('user'), id: word('id'), ...target };
    },
  },
  {
    ...POSTS,
    name: 'downloads',
    summary: 'list downloads that are not complete: how far they are, and what they wait for',
    example: 'downloads',
    parse: () => ({ type: 'downloads' }),
  },
  {
    ...POSTS,
    name: 'post remove',
    arguments: [ID],
    flags: [YES_FLAG],
    summary: 'remove one of your posts',
    example: 'post remove q3JYw0kEo1q5hZ2xT9uV7g',
    parse: ({ word, flag }) => ({ type: 'post_remove', id: word('id'), ...yesOf(flag) }),
  },
  {
    ...POSTS,
    name: 'feed',
    flags: PAGE_FLAGS,
    summary: 'list the newest posts of all friends',
    example: 'feed',
    parse: ({ flag }) => {
      const page = pageOf(flag, PAGE);
      return page && { type: 'feed', ...page };
    },
  },
];

function upload(path: string, title: string | null, isReshared: boolean): Outcome<PostCommand> {
  const isLong = title !== null && title.length > LIMITS.postTitleCharacters;
  if (isLong) return new Refusal('TEXT_TOO_LONG', `a title has at most ${LIMITS.postTitleCharacters} letters`);
  return { type: 'post_upload', path, title, isReshared };
}

function textPost(text: string): Outcome<PostCommand> {
  if (!hasVisibleText(text)) return new Refusal('TEXT_EMPTY');
  const bytes = byteLength(text);
  if (bytes > LIMITS.postTextBytes) return new Refusal('TEXT_TOO_LONG', `it has ${bytes} bytes of at most 16 KiB`);
  return { type: 'post_text', text };
}
