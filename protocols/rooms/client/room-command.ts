// Parses a client datagram into a command or a refusal [ROOM-1, ROOM-2, ROOM-4, ROOM-7].

import { byteLength, textOf, viewOf } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import { sanitize } from '../../kit/sanitize.js';
import { hasVisibleText } from '../../kit/text/visible-text.js';

export type RoomCommand =
  | { readonly type: 'join'; readonly room: number }
  | { readonly type: 'nick'; readonly nick: string }
  /** `code`: empty to ask for it. */
  | { readonly type: 'confirm'; readonly code: string }
  | { readonly type: 'part' | 'quit' | 'order' }
  | { readonly type: 'who' | 'rooms' }
  | { readonly type: 'say'; readonly text: string };

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const PLAIN = ['part', 'quit', 'who', 'rooms', 'order'] as const;

export function parseRoomCommand(datagram: Uint8Array, rooms: number): Outcome<RoomCommand> {
  const bytes = withoutEnd(datagram);
  if (bytes.length === 0) return new Refusal('TEXT_EMPTY');
  if (bytes.length > LIMITS.roomTextBytes) return tooLong();
  const typed = textOf(bytes);
  if (typed === null || /[\r\n]/.test(typed)) return new Refusal('ROOM_LINE_MALFORMED');
  const text = sanitize(typed);
  if (!hasVisibleText(text)) return new Refusal('TEXT_EMPTY');
  if (text.startsWith('/')) return parseCommand(text, rooms);
  return byteLength(text) > LIMITS.roomTextBytes ? tooLong() : { type: 'say', text };
}

/** `nc` and similar tools send the line end too. */
function withoutEnd(datagram: Uint8Array): Uint8Array {
  let end = datagram.length;
  while (end > 0 && (datagram[end - 1] === LINE_FEED || datagram[end - 1] === CARRIAGE_RETURN)) end -= 1;
  return viewOf(datagram, 0, end);
}

function parseCommand(text: string, rooms: number): Outcome<RoomCommand> {
  const [, word = '', rest = ''] = /^\/(\S*)\s*(.*?)\s*$/.exec(text) ?? [];
  if (word === 'join') return parseJoin(rest, rooms);
  if (word === 'nick') return parseNick(rest);
  if (word === 'confirm') return { type: 'confirm', code: rest };
  const type = PLAIN.find((each) => each === word);
  return type ? { type } : new Refusal('ROOM_COMMAND_UNKNOWN', `/${word.slice(0, LIMITS.roomNickBytes)}`);
}

function parseJoin(typed: string, rooms: number): Outcome<RoomCommand> {
  const room = /^[0-9]{1,9}$/.test(typed) ? Number(typed) : 0;
  return room >= 1 && room <= rooms ? { type: 'join', room } : new Refusal('ROOM_UNKNOWN', String(rooms));
}

function parseNick(nick: string): Outcome<RoomCommand> {
  const isFine = hasVisibleText(nick) && byteLength(nick) <= LIMITS.roomNickBytes && !/[<>]/.test(nick);
  return isFine ? { type: 'nick', nick } : new Refusal('ROOM_NICK_INVALID', String(LIMITS.roomNickBytes));
}

function tooLong(): Refusal {
  return new Refusal('ROOM_LINE_TOO_LONG', String(LIMITS.roomTextBytes));
}
