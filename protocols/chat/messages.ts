// Private messages on the wire (protocols/chat): the message itself, what acknowledges it, what tells it was read.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, Count, IdText, KeyText, Time } from '../kit/shapes.js';
import { objectId } from '../kit/signed.js';
import { byteLength } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Primitives } from '../kit/primitives.js';

const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** One message as its sender's device numbered it. `after`: see SPEC CHAT-5; it is outside the id. */
export const WireMessage = exactly({
  conversation: IdText,
  device: KeyText,
  seq: Count,
  lamport: Count,
  at: Time,
  text: Type.String({ minLength: 1, maxLength: LIMITS.messageTextBytes }),
  after: Seq,
});
export type WireMessage = Static<typeof WireMessage>;

/**
 * `ids`: exactly what is on the receiver's disk now; none where a message was refused for its number. `upTo`: the
 * highest seq it has of this device.
 */
const Acknowledgement = { conversation: IdText, device: KeyText, upTo: Seq, ids: Ids() };

function Ids() {
  return Type.Array(IdText, { maxItems: LIMITS.acknowledgedIdsPerFrame });
}

/** Frames on a link. */
export const MessageFrame = exactly({ type: Type.Literal('message'), ...WireMessage.properties });
export type MessageFrame = Static<typeof MessageFrame>;
export const messageFrameShape = compileShape(MessageFrame);

export const AckFrame = exactly({ type: Type.Literal('ack'), ...Acknowledgement });
export type AckFrame = Static<typeof AckFrame>;
export const ackFrameShape = compileShape(AckFrame);

const ReadMark = { conversation: IdText, device: KeyText, upTo: Count };
export const ReadFrame = exactly({ type: Type.Literal('read'), ...ReadMark });
export type ReadFrame = Static<typeof ReadFrame>;
export const readFrameShape = compileShape(ReadFrame);

/**
 * Asks a friend for what our disk has lost (SPEC CHAT-19): all of the conversation beyond what we have of each
 * device.
 */
export const RecoveryRequestFrame = exactly({
  type: Type.Literal('refill_wanted'),
  conversation: IdText,
  /** Of this question. The answer repeats it: one to an earlier question may lack what this one asks for. */
  nonce: IdText,
  have: Type.Array(exactly({ device: KeyText, upTo: Seq }), { maxItems: LIMITS.historyRecoveryDevicesMax }),
});
export type RecoveryRequestFrame = Static<typeof RecoveryRequestFrame>;
export const recoveryRequestFrameShape = compileShape(RecoveryRequestFrame);

/** `yours`: the asker wrote it. `more`: ask again, there is more. */
const RecoveredMessage = exactly({ yours: Type.Boolean(), ...WireMessage.properties });
export type RecoveredMessage = Static<typeof RecoveredMessage>;
export const RecoveryFrame = exactly({
  type: Type.Literal('refill'),
  conversation: IdText,
  nonce: IdText,
  messages: Type.Array(RecoveredMessage, { maxItems: LIMITS.messagesPerLetter }),
  more: Type.Boolean(),
});
export type RecoveryFrame = Static<typeof RecoveryFrame>;
export const recoveryFrameShape = compileShape(RecoveryFrame);

/** Bodies of letters of the kinds `message`, `receipt`, `read`. */
export const MessageLetter = exactly({
  /** Of the friendship the messages were left in (friends, FRIEND-7). */
  epoch: Count,
  /** How far the reader has acknowledged what the writer's device said. */
  heard: Seq,
  messages: Type.Array(WireMessage, { minItems: 1, maxItems: LIMITS.messagesPerLetter }),
});
export type MessageLetter = Static<typeof MessageLetter>;
export const messageLetterShape = compileShape(MessageLetter);

export const ReceiptLetter = exactly(Acknowledgement);
export type ReceiptLetter = Static<typeof ReceiptLetter>;
export const receiptLetterShape = compileShape(ReceiptLetter);

export const ReadLetter = exactly(ReadMark);
export type ReadLetter = Static<typeof ReadLetter>;
export const readLetterShape = compileShape(ReadLetter);

/** The conversation of two users: 16 bytes of SHA-256 over their identity keys, sorted, base64url. */
export function pairConversation(a: string, b: string, primitives: Primitives): string {
  return objectId('conversation', [a, b].sort().join('.'), primitives);
}

/** The id of a message: a hash of everything in it but `after`, and of who wrote it. */
export function messageId(from: string, message: Omit<WireMessage, 'after'>, primitives: Primitives): string {
  const { conversation, device, seq, lamport, at, text } = message;
  return objectId('message', JSON.stringify([conversation, from, device, seq, lamport, at, text]), primitives);
}

/**
 * True iff the text fits a message: well-formed, not empty, at most 16 KiB of UTF-8 (the shape counts letters only).
 */
export function isValidMessageText(text: string): boolean {
  if (text.length === 0 || text.length > LIMITS.messageTextBytes || HALF_LETTER.test(text)) return false;
  return byteLength(text) <= LIMITS.messageTextBytes;
}

/** Half of a letter of two UTF-16 units: a disk gives it back as another one, and the message would have another id. */
const HALF_LETTER = /\p{Surrogate}/u;
