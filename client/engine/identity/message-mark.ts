// The mark of a stored message of a friend: shows its author that we have it (SPEC LINK-11, CHAT-7).

import type { MessageMark } from '../../../protocols/kit/own-proofs/marks.js';
import type { StoredMessage } from '../core/store.js';

/** Null without a message, and for one whose author gave no proof. */
export function messageMark(message: StoredMessage | null): MessageMark | null {
  if (message === null || message.proof === null) return null;
  const { seq, id, proof } = message;
  return { seq, id, proof };
}
