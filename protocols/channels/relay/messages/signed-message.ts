// A signed message of a client: parsed first, because that is cheap, and verified later.

import { byteLength, parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { isName } from '../../../kit/names.js';
import type { Primitives } from '../../../kit/primitives.js';
import { Refusal, type Outcome } from '../../../kit/refusals.js';
import { openSigned, type Signed } from '../../../kit/signed.js';
import {
  channelMessageShape,
  directMessageShape,
  type ChannelMessage,
  type DirectMessage,
} from '../../signed-objects.js';

export type SignedMessage =
  | { readonly type: 'channel'; readonly signed: Signed; readonly content: ChannelMessage }
  | { readonly type: 'direct'; readonly signed: Signed; readonly content: DirectMessage };

export type SignedMessageType = SignedMessage['type'];

/** Refuses a payload that has another shape or is too long. The signature is not verified here. */
export function parseSignedMessage(type: SignedMessageType, signed: Signed): Outcome<SignedMessage> {
  const content = parseJson(signed.payload);
  if (isTooLong(content)) return new Refusal('TEXT_TOO_LONG', `${LIMITS.messageTextBytes} bytes at most`);
  const message = withShape(type, signed, content);
  return message && isName(message.content.name) ? message : new Refusal('MALFORMED', 'the message');
}

/** True iff the key in the message has signed it as this type. */
export function hasValidSignature({ type, signed, content }: SignedMessage, primitives: Primitives): boolean {
  const { key } = content;
  if (type === 'channel')
    return openSigned('channel_message', signed, { key, shape: channelMessageShape, primitives }) !== null;
  return openSigned('direct', signed, { key, shape: directMessageShape, primitives }) !== null;
}

function withShape(type: SignedMessageType, signed: Signed, content: unknown): SignedMessage | null {
  if (type === 'channel') return channelMessageShape.accepts(content) ? { type, signed, content } : null;
  return directMessageShape.accepts(content) ? { type, signed, content } : null;
}

/** The text of a channel message has at most 16 KiB of UTF-8 [CHAN-3]. */
function isTooLong(content: unknown): boolean {
  if (typeof content !== 'object' || content === null || !('text' in content) || typeof content.text !== 'string')
    return false;
  return content.text.length > LIMITS.messageTextBytes || byteLength(content.text) > LIMITS.messageTextBytes;
}
