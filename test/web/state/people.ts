// People and what they say, for tests of what the page shows.

import type { Participant, ChannelClientEvent } from '../../../protocols/channels/client/io.js';
import type { MessageLine } from '../../../web/state/log-lines.js';

const keyOf = (letter: string): string => letter.repeat(42) + 'A';

export const ALICE: Participant = { key: keyOf('a'), exchange: keyOf('x'), name: 'alice' };
export const BOB: Participant = { key: keyOf('b'), exchange: keyOf('y'), name: 'bob' };
export const CAROL: Participant = { key: keyOf('c'), exchange: keyOf('z'), name: 'carol' };

let lastId = 0;

/** A line as it stands in a log. */
export function said(from: Participant, text: string, at: number): MessageLine {
  lastId += 1;
  return { type: 'text', id: `line ${lastId}`, from, text, at, isMine: false };
}

/** News of something said in `#lab`. */
export function heard(from: Participant, text: string, change: Partial<Said> = {}): ChannelClientEvent {
  lastId += 1;
  return { news: 'said', channel: 'lab', from, life: 'life', counter: lastId, text, at: 1, isMine: false, ...change };
}

type Said = Extract<ChannelClientEvent, { news: 'said' }>;
