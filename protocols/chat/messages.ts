// Direct messages on the wire (SPEC.md): messages, acknowledgements, read marks and history recovery.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, Count, IdText, KeyText, Time } from '../kit/shapes.js';
import { objectId } from '../kit/signed.js';
import { byteLength } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Primitives } from '../kit/primitives.js';
import { Heard, OwnProof, Seen } from '../kit/own-proofs/marks.js';

const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/**
 * One message, numbered by its sender's device. `after`: see SPEC CHAT-5. `proof`: for its sender only (SPEC CHAT-24).
 * Neither is part of the id.
 */
export const WireMessage = exactly({
  conversation: IdText,
  device: KeyText,
  seq: Count,
  lamport: Count,
  at: Time,
  text: Type.String({ minLength: 1, maxLength: LIMITS.messageTextBytes }),
  after: Seq,
  proof: OwnProof,
});
export type WireMessage = Static<typeof WireMessage>;

/**
 * `ids`: the acknowledged messages, which are on the receiver's disk; empty if a message was refused for its number.
 * `seen`: the message with the highest seq that the receiver has from this device, or the one that has the number of
 * the refused message. `heard`: how far the receiver has acknowledged this device, with a proof for the receiver.
 */
const Acknowledgement = { conversation: IdText, device: KeyText, ids: Ids(), seen: Seen, heard: Heard };

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

/** Requests lost messages from a friend (SPEC CHAT-19): everything beyond `have`, for each device. */
export const RecoveryRequestFrame = exactly({
  type: Type.Literal('refill_wanted'),
  conversation: IdText,
  /** The answer repeats it. An answer to an earlier request may lack messages that this one needs. */
  nonce: IdText,
  have: Type.Array(exactly({ device: KeyText, upTo: Seq }), { maxItems: LIMITS.historyRecoveryDevicesMax }),
});
export type RecoveryRequestFrame = Static<typeof RecoveryRequestFrame>;
export const recoveryRequestFrameShape = compileShape(RecoveryRequestFrame);

/**
 * `yours`: the requester wrote it; only its `proof` shows that (SPEC CHAT-25). `more`: more messages remain, so request
 * again.
 */
const RecoveredMessage = exactly({
  yours: Type.Boolean(),
  ...WireMessage.properties,
  proof: Type.Union([OwnProof, Type.Null()]),
});
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

/** The bodies of letters of the kinds `message`, `receipt` and `read`. */
export const MessageLetter = exactly({
  /** The epoch of the friendship when the letter was written (friends, FRIEND-7). */
  epoch: Count,
  /** How far the reader has acknowledged the writer's device. */
  heard: Heard,
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

/** The id of the conversation of two users: 16 bytes of SHA-256 over their sorted identity keys, base64url. */
export function pairConversation(a: string, b: string, primitives: Primitives): string {
  return objectId('conversation', [a, b].sort().join('.'), primitives);
}

/** The id of a message: a hash of its author and of all its fields except `after` and `proof`. */
export function messageId(from: string, message: Omit<WireMessage, 'after' | 'proof'>, primitives: Primitives): string {
  const { conversation, device, seq, lamport, at, text } = message;
  return objectId('message', JSON.stringify([conversation, from, device, seq, lamport, at, text]), primitives);
}

/** True iff the text is well-formed, not empty and at most 16 KiB of UTF-8 (the shape counts UTF-16 units only). */
export function isValidMessageText(text: string): boolean {
  if (text.length === 0 || text.length > LIMITS.messageTextBytes || LONE_SURROGATE.test(text)) return false;
  return byteLength(text) <= LIMITS.messageTextBytes;
}

/** SQLite does not preserve a lone surrogate, so a text with one would come back under another id. */
const LONE_SURROGATE = /\p{Surrogate}/u;
