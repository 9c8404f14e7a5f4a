// People and what they say, for tests of what the page shows.

import type { Visitor, VisitorNews } from '../../../protocols/channels/visitor/world.js';
import type { MessageLine } from '../../../web/state/log-lines.js';

const keyOf = (letter: string): string => letter.repeat(42) + 'A';

export const ALICE: Visitor = { key: keyOf('a'), exchange: keyOf('x'), name: 'alice' };
export const BOB: Visitor = { key: keyOf('b'), exchange: keyOf('y'), name: 'bob' };
export const CAROL: Visitor = { key: keyOf('c'), exchange: keyOf('z'), name: 'carol' };

let lastId = 0;

/** A line as it stands in a log. */
export function said(from: Visitor, text: string, at: number): MessageLine {
  lastId += 1;
  return { type: 'text', id: `line ${lastId}`, from, text, at, isMine: false };
}

/** News of something said in `#lab`. */
export function heard(from: Visitor, text: string, change: Partial<Said> = {}): VisitorNews {
  lastId += 1;
  return { news: 'said', channel: 'lab', from, life: 'life', counter: lastId, text, at: 1, isMine: false, ...change };
}

type Said = Extract<VisitorNews, { news: 'said' }>;
