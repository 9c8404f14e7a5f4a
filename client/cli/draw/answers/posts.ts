// Posts as lines: texts inline; files with size, type and the command that downloads them.

import type { Answers } from '../../../../protocols/control/answer.js';
import type { DownloadSummary, PostCommandMap, PostSummary } from '../../../../protocols/control/commands/posts.js';
import type { ClientEvent } from '../../../../protocols/control/event.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import type { Drawers } from '../drawers.js';
import { dayAndTime } from '../format-time.js';
import { columns, excerpt, shownName, type ViewOptions } from '../view-options.js';

export const POST_DRAWERS: Drawers<PostCommandMap> = {
  post_upload: ({ post }, { path }) => [`Shared ${sanitize(path)} as post ${sanitize(post)}.`],
  post_text: () => ['Shared with your friends.'],
  post_list: (data, _, view) => drawPostList(data, view),
  post_get: () => [], // the event `post_done` was drawn when it came
  downloads: (data, _, view) => drawDownloads(data, view),
  post_remove: () => ['Removed the post.'],
  feed: (data, _, view) => drawFeed(data, view),
};

type DoneEvent = Extract<ClientEvent, { event: 'post_done' }>;
type WaitingEvent = Extract<ClientEvent, { event: 'post_waiting' }>;
type PostEvent = Extract<ClientEvent, { event: 'post' }>;

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;

/** `0 bytes`, `12 kB`, `3.2 GB` */
export function drawSize(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const amount = bytes / 1_000 ** step;
  const digits = step === 0 || amount >= 100 ? 0 : 1;
  return `${amount.toFixed(digits).replace(/\.0$/, '')} ${UNITS[step] ?? ''}`;
}

/** A post that was just announced. */
export function drawNewPost({ contentType: type, ...post }: PostEvent, view: ViewOptions): string {
  return `${shownName(post.from, view)} posts: ${content({ ...post, type }, view)}`;
}

export function drawRemovedPost({ from, post }: { from: string; post: string }, view: ViewOptions): string {
  return view.colours.faint(`${sanitize(from)} removed a post (${sanitize(post)}).`);
}

/** A download that waits. */
export function drawWaiting({ post, from, why }: WaitingEvent, view: ViewOptions): string {
  const [id, reason] = [sanitize(post), sanitize(why)];
  return view.colours.faint(`… The download of ${id} waits for ${sanitize(from)}: ${reason} It continues by itself.`);
}

/** Which post was downloaded, and where it is now. */
export function drawDownloaded({ from, title, path }: DoneEvent, view: ViewOptions): string {
  return `✓ Downloaded "${excerpt(title)}" by ${shownName(from, view)} to ${sanitize(path)}`;
}

function drawDownloads({ downloads }: Answers['downloads'], view: ViewOptions): string[] {
  if (downloads.length === 0) return ['All downloads are complete.'];
  const rows = downloads.map((one) => [
    sanitize(one.post),
    sanitize(one.from),
    `${drawSize(one.received)} of ${drawSize(one.size)}`,
    `"${excerpt(one.title)}"`,
    downloadState(one),
  ]);
  return columns(rows, (cell, column) => (column === 1 ? view.colours.name(cell.trimEnd(), cell) : cell));
}

function downloadState({ state, from, why }: DownloadSummary): string {
  if (state !== 'waiting') return state;
  return why === null || why === ''
    ? `waiting for ${sanitize(from)}`
    : `waiting for ${sanitize(from)}: ${sanitize(why)}`;
}

function drawFeed({ posts }: Answers['feed'], view: ViewOptions): string[] {
  if (posts.length === 0) return ['No posts yet.'];
  return posts.map((post) => `${postedAt(post, view)} ${shownName(post.from, view)}: ${content(post, view)}`);
}

function drawPostList({ posts }: Answers['post_list'], view: ViewOptions): string[] {
  if (posts.length === 0) return ['No posts.'];
  return posts.map((post) => {
    const id = post.from === view.me ? view.colours.faint(`  ${sanitize(post.post)}`) : '';
    return `${postedAt(post, view)} ${content(post, view)}${id}`;
  });
}

function postedAt({ at }: PostSummary, view: ViewOptions): string {
  return view.colours.faint(dayAndTime(at, view.now, view.zone));
}

type Content = Pick<PostSummary, 'from' | 'post' | 'title' | 'size' | 'type' | 'text'>;

function content({ from, post, title, size, type, text }: Content, view: ViewOptions): string {
  if (text !== null) return sanitize(text);
  const file = `"${sanitize(title)}" (${drawSize(size)}, ${sanitize(type)})`;
  return from === view.me ? file : `${file}  ${view.colours.faint(`post get ${sanitize(from)} ${sanitize(post)}`)}`;
}
