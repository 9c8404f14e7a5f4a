// What somebody said, opened: read without belief first, because that is cheap, and proven after.

import { byteLength, parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { isName } from '../../../kit/names.js';
import type { Primitives } from '../../../kit/primitives.js';
import { Refusal, type Outcome } from '../../../kit/refusals.js';
import { openSigned, type Signed } from '../../../kit/signed.js';
import { channelMessageShape, directShape, type ChannelMessage, type Direct } from '../../speech.js';

export type Speech =
  | { readonly kind: 'channel'; readonly said: Signed; readonly words: ChannelMessage }
  | { readonly kind: 'direct'; readonly said: Signed; readonly words: Direct };

export type SpeechKind = Speech['kind'];

/** Refused where it is not what it is said to be, or too long. Nothing is proven by this. */
export function readSpeech(kind: SpeechKind, said: Signed): Outcome<Speech> {
  const words = parseJson(said.payload);
  if (isTooLong(words)) return new Refusal('TEXT_TOO_LONG', `${LIMITS.messageTextBytes} bytes at most`);
  const speech = shaped(kind, said, words);
  return speech && isName(speech.words.name) ? speech : new Refusal('MALFORMED', 'what was said');
}

/** True iff the key it names has signed it as what it is. */
export function isSigned({ kind, said, words }: Speech, primitives: Primitives): boolean {
  const { key } = words;
  if (kind === 'channel')
    return openSigned('channel_message', said, { key, shape: channelMessageShape, primitives }) !== null;
  return openSigned('direct', said, { key, shape: directShape, primitives }) !== null;
}

function shaped(kind: SpeechKind, said: Signed, words: unknown): Speech | null {
  if (kind === 'channel') return channelMessageShape.accepts(words) ? { kind, said, words } : null;
  return directShape.accepts(words) ? { kind, said, words } : null;
}

/** The text of a channel has at most 16 KiB of UTF-8 [CHAN-3]. */
function isTooLong(words: unknown): boolean {
  if (typeof words !== 'object' || words === null || !('text' in words) || typeof words.text !== 'string') return false;
  return words.text.length > LIMITS.messageTextBytes || byteLength(words.text) > LIMITS.messageTextBytes;
}
