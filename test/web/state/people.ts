// People and their messages, for tests of the page.

import type { Participant, ChannelClientEvent } from '../../../protocols/channels/client/io.js';
import type { MessageLine } from '../../../web/state/log-lines.js';

const keyOf = (letter: string): string => letter.repeat(42) + 'A';

export const ALICE: Participant = { key: keyOf('a'), exchange: keyOf('x'), name: 'alice' };
export const BOB: Participant = { key: keyOf('b'), exchange: keyOf('y'), name: 'bob' };
export const CAROL: Participant = { key: keyOf('c'), exchange: keyOf('z'), name: 'carol' };

let lastId = 0;

/** A message as a line of a log. */
export function said(from: Participant, text: string, at: number): MessageLine {
  lastId += 1;
  return { type: 'message', id: `line ${lastId}`, from, text, at, isMine: false };
}

/** The event of a message in `#lab`. */
export function heard(from: Participant, text: string, change: Partial<Said> = {}): ChannelClientEvent {
  lastId += 1;
  return {
    type: 'message',
    channel: 'lab',
    from,
    clientSession: 'clientSession',
    counter: lastId,
    text,
    at: 1,
    isMine: false,
    ...change,
  };
}

type Said = Extract<ChannelClientEvent, { type: 'message' }>;
