// A stored message in the form in which it is sent (SPEC CHAT-1).

import type { WireMessage } from '../../../protocols/chat/messages.js';
import type { StoredMessage } from '../core/store.js';

/** `after`: see SPEC CHAT-5. */
export function wireMessage(conversation: string, message: StoredMessage, after: number): WireMessage {
  const { device, seq, lamport, at, text } = message;
  return { conversation, device, seq, lamport, at, text, after };
}
