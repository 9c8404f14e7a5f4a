// Decides whether a message from a client is accepted [CHAN-3] [CHAN-4] [CHAN-5] [CHAN-6]. Cheap checks come
// before the signature.

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
  type SignedMessageType,
} from '../messages/signed-message.js';
import type { VerifiedEntry } from './entry-proof.js';

export interface MessageSender {
  readonly entry: VerifiedEntry;
  readonly channels: ReadonlySet<string>;
  readonly messageRate: TokenBucket;
  /** Charges the network of the client for a message. Returns the wait in ms, or 0 [CHAN-13]. */
  readonly charge: (message: SignedMessage) => number;
}

/** `counter`: null if it cannot be read. */
export type MessageCheckResult =
  | { readonly type: 'new'; readonly message: SignedMessage }
  | { readonly type: 'duplicate'; readonly counter: number }
  | { readonly type: 'refused'; readonly why: Refusal; readonly counter: number | null };

export interface MessageCheckContext {
  readonly sequences: SequenceTracker;
  readonly primitives: Primitives;
  readonly now: Instant;
}

export function checkMessage(
  sender: MessageSender,
  frame: { kind: SignedMessageType; said: Signed },
  context: MessageCheckContext,
): MessageCheckResult {
  const message = parseSignedMessage(frame.kind, frame.said);
  if (message instanceof Refusal) return { type: 'refused', why: message, counter: null };
  const { counter } = message.content;
  const mismatch = senderMismatch(message, sender.entry);
  if (mismatch) return { type: 'refused', why: mismatch, counter };
  const order = context.sequences.classify(message);
  if (order === 'known') return { type: 'duplicate', counter };
  const why =
    order === 'late' ? new Refusal('MALFORMED', 'the counter is not higher') : whyRefused(message, sender, context);
  return why ? { type: 'refused', why, counter } : { type: 'new', message };
}

/** A message must repeat the key, the name, the exchange key and the session of the entry. */
function senderMismatch({ content }: SignedMessage, { card, session }: VerifiedEntry): Refusal | null {
  if (content.key !== card.key) return new Refusal('SIGNATURE_INVALID');
  if (content.name !== card.name || content.exchange !== card.exchange || content.life !== session)
    return new Refusal('MALFORMED', 'not as in the entry');
  return null;
}

function whyRefused(
  message: SignedMessage,
  { channels, messageRate, charge }: MessageSender,
  { primitives, now }: MessageCheckContext,
): Refusal | null {
  const skewMs = Math.abs(message.content.at - now);
  if (skewMs > LIMITS.relaySkewMs) return new Refusal('CLOCK_WRONG', `${Math.round(skewMs / 1_000)} s`);
  if (message.type === 'channel' && !channels.has(message.content.channel))
    return new Refusal('CHANNEL_NOT_IN', message.content.channel);
  if (!messageRate.take(now)) return new Refusal('CHANNEL_TOO_FAST', `${messageRate.waitMs(now)} ms`);
  const waitMs = charge(message);
  if (waitMs > 0) return new Refusal('CHANNEL_TOO_FAST', `${waitMs} ms`);
  return hasValidSignature(message, primitives) ? null : new Refusal('SIGNATURE_INVALID');
}
