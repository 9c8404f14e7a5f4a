// Posts as lines: texts inline, files with size, type and how to get them.

import type { Answers, ClientEvent, PostLine } from '../../../../protocols/control/answer.js';
import { harmless } from '../../../../protocols/kit/text.js';
import { who, type Look } from '../look.js';
import { dayAndTime } from '../moment.js';

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
export function drawPosted({ contentType: type, ...post }: Posted, look: Look): string {
  return `${who(post.from, look)} posts: ${content({ ...post, type }, look)}`;
}

export function drawRemovedPost({ from, post }: { from: string; post: string }, look: Look): string {
  return look.paint.faint(`${harmless(from)} took a post back (${harmless(post)}).`);
}

export function drawFeed({ posts }: Answers['feed'], look: Look): string[] {
  if (posts.length === 0) return ['Nothing was posted yet.'];
  return posts.map((post) => `${when(post, look)} ${who(post.from, look)}: ${content(post, look)}`);
}

export function drawPostList({ posts }: Answers['post_list'], look: Look): string[] {
  if (posts.length === 0) return ['No posts.'];
  return posts.map((post) => {
    const mine = post.from === look.me ? look.paint.faint(`  ${harmless(post.post)}`) : '';
    return `${when(post, look)} ${content(post, look)}${mine}`;
  });
}

function when({ at }: PostLine, look: Look): string {
  return look.paint.faint(dayAndTime(at, look.now, look.zone));
}

type Content = Pick<PostLine, 'from' | 'post' | 'title' | 'size' | 'type' | 'text'>;

function content({ from, post, title, size, type, text }: Content, look: Look): string {
  if (text !== null) return harmless(text);
  const about = `"${harmless(title)}" (${drawSize(size)}, ${harmless(type)})`;
  return from === look.me ? about : `${about}  ${look.paint.faint(`post get ${harmless(from)} ${harmless(post)}`)}`;
}
