// The effects that refuse a session or a letter.

import type { Refusal } from '../../protocols/kit/refusals.js';
import type { Signed } from '../../protocols/kit/signed.js';
import type { LetterFrame } from '../letters/mailboxes.js';
import type { ServerEffect } from '../io.js';

export function refuse(session: number, { code, about }: Refusal, proof: Signed | null = null): ServerEffect[] {
  return [
    { type: 'send', session, frame: { type: 'refused', code, about, ...(proof && { proof }) } },
    { type: 'close', session },
  ];
}

export function reject(session: number, letter: LetterFrame, { code, about }: Refusal): ServerEffect {
  return { type: 'send', session, frame: { type: 'rejected', id: letter.id, code, about } };
}
