// A message to a group (SPEC, "Messages"), signed by the device of its sender, so that any member may pass it on.

import { Type, type Static } from '../kit/packages/typebox.js';
import { byteLength, parseJson } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Primitives } from '../kit/primitives.js';
import { Refusal } from '../kit/refusals.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText, Time } from '../kit/shapes.js';
import { openSigned, type Signed } from '../kit/signed.js';
import { Index, LogPosition } from './entry.js';

/** `epoch`: the entry index that this message cites. A member does not wait for messages from before its membership. */
const MessageRef = exactly({ device: KeyText, seq: Count, epoch: Index });

/**
 * `epoch`: the head of the log of the sender. `previous`: the id of the previous message of the device, null for its
 * first. `before`: the epoch index of that previous message. `after`: the newest messages of other devices that the
 * sender had seen.
 */
export const GroupMessage = exactly({
  group: IdText,
  epoch: LogPosition,
  by: NameText,
  device: KeyText,
  seq: Count,
  previous: Type.Union([IdText, Type.Null()]),
  before: Index,
  after: Type.Array(MessageRef, { maxItems: LIMITS.groupParentsMax }),
  lamport: Count,
  at: Time,
  text: Type.String({ minLength: 1, maxLength: LIMITS.messageTextBytes }),
});
export type GroupMessage = Static<typeof GroupMessage>;
const shape = compileShape(GroupMessage);

/** The message inside, not verified. */
export function peekMessage({ payload }: Signed): GroupMessage | null {
  const value = parseJson(payload);
  return shape.accepts(value) ? value : null;
}

/** True iff the device that the message names signed it. */
export function isMessageSigned(message: GroupMessage, signed: Signed, primitives: Primitives): boolean {
  return openSigned('group_message', signed, { key: message.device, shape, primitives }) !== null;
}

/** SQLite does not return a lone surrogate unchanged, so the signature would no longer match the stored text. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Why a text cannot be sent, null if it can. */
export function textRefusal(text: string): Refusal | null {
  if (text.length === 0) return new Refusal('TEXT_EMPTY');
  const isTooLong = text.length > LIMITS.messageTextBytes || byteLength(text) > LIMITS.messageTextBytes;
  return isTooLong || LONE_SURROGATE.test(text) ? new Refusal('TEXT_TOO_LONG', 'a message has at most 16 KiB') : null;
}
