// A stored message in the form in which it is sent (SPEC CHAT-1).

import type { WireMessage } from '../../../protocols/chat/messages.js';
import type { OwnProofs } from '../../../protocols/kit/own-proofs/own-proofs.js';
import type { StoredMessage } from '../core/store.js';

/** A message of ours. `after`: see SPEC CHAT-5. */
export function wireMessage(
  conversation: string,
  message: StoredMessage,
  { after, ownProofs }: { after: number; ownProofs: OwnProofs },
): WireMessage {
  const { device, seq, lamport, at, text } = message;
  const proof = ownProofs.ofMessage({ conversation, device }, message);
  return { conversation, device, seq, lamport, at, text, after, proof };
}
