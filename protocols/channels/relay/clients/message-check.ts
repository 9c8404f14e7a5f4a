// Whether what a visitor says is taken [CHAN-3] [CHAN-4] [CHAN-5] [CHAN-6]: everything that is cheap to see is looked
// at before a signature is checked.

import type { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { Primitives } from '../../../kit/primitives.js';
import { Refusal } from '../../../kit/refusals.js';
import type { Signed } from '../../../kit/signed.js';
import type { SequenceTracker } from '../messages/sequence-tracker.js';
import {
  hasValidSignature,
  parseSignedMessage,
  type SignedMessage,
  type SignedMessageKind,
} from '../messages/signed-message.js';
import type { VerifiedEntry } from './entry-proof.js';

export interface MessageSender {
  readonly entrant: VerifiedEntry;
  readonly channels: ReadonlySet<string>;
  readonly says: TokenBucket;
}

/** What becomes of something said. `counter`: null where it cannot be read. */
export type MessageVerdict =
  | { readonly is: 'new'; readonly speech: SignedMessage }
  | { readonly is: 'taken already'; readonly counter: number }
  | { readonly is: 'refused'; readonly why: Refusal; readonly counter: number | null };

export interface MessageCheckContext {
  readonly lives: SequenceTracker;
  readonly primitives: Primitives;
  readonly now: Instant;
}

export function checkMessage(
  speaker: MessageSender,
  said: { kind: SignedMessageKind; said: Signed },
  hearing: MessageCheckContext,
): MessageVerdict {
  const speech = parseSignedMessage(said.kind, said.said);
  if (speech instanceof Refusal) return { is: 'refused', why: speech, counter: null };
  const { counter } = speech.words;
  const stranger = senderMismatch(speech, speaker.entrant);
  if (stranger) return { is: 'refused', why: stranger, counter };
  const judged = hearing.lives.judge(speech);
  if (judged === 'known') return { is: 'taken already', counter };
  const why =
    judged === 'late' ? new Refusal('MALFORMED', 'the counter is not higher') : whyRefused(speech, speaker, hearing);
  return why ? { is: 'refused', why, counter } : { is: 'new', speech };
}

/** It is said by whoever entered, in the life that they entered with. */
function senderMismatch({ words }: SignedMessage, { card, life }: VerifiedEntry): Refusal | null {
  if (words.key !== card.key) return new Refusal('SIGNATURE_INVALID');
  if (words.name !== card.name || words.exchange !== card.exchange || words.life !== life)
    return new Refusal('MALFORMED', 'not as in the entry');
  return null;
}

function whyRefused(
  speech: SignedMessage,
  { channels, says }: MessageSender,
  { primitives, now }: MessageCheckContext,
): Refusal | null {
  const off = Math.abs(speech.words.at - now);
  if (off > LIMITS.relaySkewMs) return new Refusal('CLOCK_WRONG', `${Math.round(off / 1_000)} s`);
  if (speech.kind === 'channel' && !channels.has(speech.words.channel))
    return new Refusal('CHANNEL_NOT_IN', speech.words.channel);
  if (!says.take(now)) return new Refusal('CHANNEL_TOO_FAST', `${says.waitMs(now)} ms`);
  return hasValidSignature(speech, primitives) ? null : new Refusal('SIGNATURE_INVALID');
}
