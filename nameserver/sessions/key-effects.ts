// The effects of a frame about keys: its answer, and a word to the device whose one-time keys run out.

import type { PresenceTracker } from '../../protocols/presence/presence-tracker.js';
import type { KeyAnswer } from '../letters/letter-keys.js';
import type { ServerEffect } from '../io.js';

export function keyEffects(session: number, { answer, told }: KeyAnswer, presence: PresenceTracker): ServerEffect[] {
  const target = told && presence.sessionOf(told.mailbox.name, told.mailbox.device);
  const sent: ServerEffect = { type: 'send', session, frame: answer };
  return told && target !== null ? [sent, { type: 'send', session: target, frame: told.frame }] : [sent];
}
