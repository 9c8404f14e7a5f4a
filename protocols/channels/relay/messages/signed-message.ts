// What somebody said, opened: read without belief first, because that is cheap, and proven after.

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
  | { readonly kind: 'channel'; readonly said: Signed; readonly words: ChannelMessage }
  | { readonly kind: 'direct'; readonly said: Signed; readonly words: DirectMessage };

export type SignedMessageKind = SignedMessage['kind'];

/** Refused where it is not what it is said to be, or too long. Nothing is proven by this. */
export function parseSignedMessage(kind: SignedMessageKind, said: Signed): Outcome<SignedMessage> {
  const words = parseJson(said.payload);
  if (isTooLong(words)) return new Refusal('TEXT_TOO_LONG', `${LIMITS.messageTextBytes} bytes at most`);
  const speech = shaped(kind, said, words);
  return speech && isName(speech.words.name) ? speech : new Refusal('MALFORMED', 'what was said');
}

/** True iff the key it names has signed it as what it is. */
export function hasValidSignature({ kind, said, words }: SignedMessage, primitives: Primitives): boolean {
  const { key } = words;
  if (kind === 'channel')
    return openSigned('channel_message', said, { key, shape: channelMessageShape, primitives }) !== null;
  return openSigned('direct', said, { key, shape: directMessageShape, primitives }) !== null;
}

function shaped(kind: SignedMessageKind, said: Signed, words: unknown): SignedMessage | null {
  if (kind === 'channel') return channelMessageShape.accepts(words) ? { kind, said, words } : null;
  return directMessageShape.accepts(words) ? { kind, said, words } : null;
}

/** The text of a channel has at most 16 KiB of UTF-8 [CHAN-3]. */
function isTooLong(words: unknown): boolean {
  if (typeof words !== 'object' || words === null || !('text' in words) || typeof words.text !== 'string') return false;
  return words.text.length > LIMITS.messageTextBytes || byteLength(words.text) > LIMITS.messageTextBytes;
}
