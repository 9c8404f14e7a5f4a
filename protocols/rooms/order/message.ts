// The ordered message: an operation with the number and time of the server that accepted it; and its encoding.

import { fromBase64url, textOf, toBase64url, utf8 } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { ByteReader } from '../wire/byte-reader.js';
import { ByteWriter } from '../wire/byte-writer.js';

const OPERATION_TYPES = ['chat', 'occupancy', 'who', 'rooms'] as const;

/**
 * `chat`: a client sent `text` to a room. `occupancy`: the client is now in this room (0: none) under this nick.
 * `who`, `rooms`: queries that the server of the client answers on delivery. `client` is a number of that server.
 */
export interface RoomOperation {
  readonly type: (typeof OPERATION_TYPES)[number];
  readonly client: number;
  readonly room: number;
  readonly nick: string;
  readonly text: string;
}

/**
 * `seq` and `time` order it within the view [ORDER-1]. It is the `nth` operation that `from` accepted at `boot`; that
 * number stays the same when it is sent again in another view [ORDER-6].
 */
export interface OrderedMessage {
  readonly view: number;
  readonly from: number;
  readonly boot: number;
  readonly seq: number;
  readonly time: number;
  readonly nth: number;
  readonly operation: RoomOperation;
}

/** The position of a message in the order of its view. */
export interface OrderKey {
  readonly time: number;
  readonly from: number;
}

export const FIRST_KEY: OrderKey = { time: 0, from: -1 };

export function isLater(a: OrderKey, b: OrderKey): boolean {
  return a.time > b.time || (a.time === b.time && a.from > b.from);
}

export function compareKeys(a: OrderKey, b: OrderKey): number {
  return a.time - b.time || a.from - b.from;
}

export function encodeMessage({ view, from, boot, seq, time, nth, operation }: OrderedMessage): Uint8Array {
  const { type, client, room, nick, text } = operation;
  const out = new ByteWriter(128 + text.length);
  out.u32(view).u8(from).u32(boot).u32(seq).u48(time).u48(nth);
  out.u8(OPERATION_TYPES.indexOf(type)).u32(client).u16(room);
  return out.block(utf8(nick)).block(utf8(text)).done();
}

/** Null if the bytes are not a valid message. */
export function decodeMessage(bytes: Uint8Array): OrderedMessage | null {
  const input = new ByteReader(bytes);
  const [view, from, boot, seq] = [input.u32(), input.u8(), input.u32(), input.u32()];
  const [time, nth] = [input.u48(), input.u48()];
  const [type, client, room] = [OPERATION_TYPES[input.u8()], input.u32(), input.u16()];
  const [nickBytes, textBytes] = [input.block(), input.block()];
  if (!input.isExact || type === undefined || seq === 0 || nth === 0 || time === 0) return null;
  if (nickBytes.length > LIMITS.roomNickBytes || textBytes.length > LIMITS.roomTextBytes) return null;
  const [nick, text] = [textOf(nickBytes), textOf(textBytes)];
  if (nick === null || text === null) return null;
  return { view, from, boot, seq, time, nth, operation: { type, client, room, nick, text } };
}

/** Messages as base64url, for control messages. */
export function encodeMessages(messages: readonly OrderedMessage[]): string[] {
  return messages.map((message) => toBase64url(encodeMessage(message)));
}

/** Null if one of them is not a valid message. */
export function decodeMessages(texts: readonly string[]): OrderedMessage[] | null {
  const messages: OrderedMessage[] = [];
  for (const text of texts) {
    const bytes = fromBase64url(text);
    const message = bytes && decodeMessage(bytes);
    if (!message) return null;
    messages.push(message);
  }
  return messages;
}
