// What a mailbox gives to its device: a sealed letter, or the notice that a letter of its user did not open. Both are
// held alike; the text of a notice is JSON, which no sealed letter can be.

import { parseJson } from '../../protocols/kit/bytes.js';
import type { Signed } from '../../protocols/kit/signed.js';
import type { ServerFrame } from '../../protocols/session/messages.js';
import type { StoredLetter } from '../store/registry-store.js';

/** The text under which a notice is held. */
export function noticeText({ payload, signature }: Signed): string {
  return JSON.stringify({ payload, signature });
}

export function deliveryFrame({ id, from, at, body }: StoredLetter): ServerFrame {
  if (body.startsWith('{')) return { type: 'unopened', id, from, notice: parseJson(body) as Signed };
  return { type: 'deliver', id, from, at, body };
}
