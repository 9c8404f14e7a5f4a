// Posts as lines: texts inline, files with size, type and how to get them.

import type { Answers, ClientEvent, PostSummary } from '../../../../protocols/control/answer.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import { shownName, type ViewOptions } from '../view-options.js';
import { dayAndTime } from '../format-time.js';

type Posted = Extract<ClientEvent, { event: 'post' }>;

const UNITS = ['bytes', 'kB', 'MB', 'GB'] as const;

/** `0 bytes`, `12 kB`, `3.2 GB` */
export function drawSize(bytes: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(bytes, 1)) / 3)));
  const amount = bytes / 1_000 ** step;
  const digits = step === 0 || amount >= 100 ? 0 : 1;
  return `${amount.toFixed(digits).replace(/\.0$/, '')} ${UNITS[step] ?? ''}`;
}

/** A post that was just announced. */
export function drawPosted({ contentType: type, ...post }: Posted, view: ViewOptions): string {
  return `${shownName(post.from, view)} posts: ${content({ ...post, type }, view)}`;
}

export function drawRemovedPost({ from, post }: { from: string; post: string }, view: ViewOptions): string {
  return view.colours.faint(`${sanitize(from)} took a post back (${sanitize(post)}).`);
}

export function drawFeed({ posts }: Answers['feed'], view: ViewOptions): string[] {
  if (posts.length === 0) return ['Nothing was posted yet.'];
  return posts.map((post) => `${when(post, view)} ${shownName(post.from, view)}: ${content(post, view)}`);
}

export function drawPostList({ posts }: Answers['post_list'], view: ViewOptions): string[] {
  if (posts.length === 0) return ['No posts.'];
  return posts.map((post) => {
    const mine = post.from === view.me ? view.colours.faint(`  ${sanitize(post.post)}`) : '';
    return `${when(post, view)} ${content(post, view)}${mine}`;
  });
}

function when({ at }: PostSummary, view: ViewOptions): string {
  return view.colours.faint(dayAndTime(at, view.now, view.zone));
}

type Content = Pick<PostSummary, 'from' | 'post' | 'title' | 'size' | 'type' | 'text'>;

function content({ from, post, title, size, type, text }: Content, view: ViewOptions): string {
  if (text !== null) return sanitize(text);
  const about = `"${sanitize(title)}" (${drawSize(size)}, ${sanitize(type)})`;
  return from === view.me ? about : `${about}  ${view.colours.faint(`post get ${sanitize(from)} ${sanitize(post)}`)}`;
}
