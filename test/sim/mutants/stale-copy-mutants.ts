// Faults planted in the detection of stale copies, in recovery, and in the expiry of held letters.

import type { StoredMessage } from '../../../client/engine/core/store.js';
import type { Effect } from '../../../client/engine/core/io.js';
import { altering, changing } from './client-mutants.js';
import type { Mutant } from './mutant.js';

export const STALE_COPY_MUTANTS: readonly Mutant[] = [
  {
    fault: 'the old device continues after RESTORED',
    rules: ['G1', 'G2', 'G3', 'CHAT-18', 'CHAT-19'],
    planted: altering((effect) => (effect.type === 'renew_device' ? [] : [effect])),
  },
  {
    fault: 'lost messages are not requested',
    rules: ['CHAT-19'],
    planted: altering((effect) => (isRefillWanted(effect) ? [] : [effect])),
  },
  {
    fault: 'recovered messages are stored as written by the friend',
    rules: ['G4'],
    planted: changing((store) => ({ addMessage: (message) => store.addMessage(asTheirs(message)) })),
  },
  {
    fault: 'friends do not report what they received',
    isElusive: true,
    rules: ['G1', 'G2', 'G3', 'CHAT-18', 'CHAT-19'],
    planted: { ...altering((effect) => [withoutMarks(effect, ['seen', 'heard'])]) },
  },
  {
    fault: 'friends do not report what was acknowledged to them',
    isElusive: true,
    rules: ['G2'],
    planted: altering((effect) => [withoutMarks(effect, ['heard'])]),
  },
  {
    fault: 'a held message is never queued again',
    isElusive: true,
    rules: ['G3'],
    planted: changing(() => ({ requeueHeld: () => [] })),
  },
];

function isRefillWanted(effect: Effect): boolean {
  if (effect.type === 'seal') return effect.plain.includes('refill_wanted');
  return effect.type === 'link_send' && 'type' in effect.frame && effect.frame.type === 'refill_wanted';
}

function withoutMarks(effect: Effect, marks: readonly ('seen' | 'heard')[]): Effect {
  if (effect.type !== 'link_send' || !('seen' in effect.frame)) return effect;
  return { ...effect, frame: { ...effect.frame, ...Object.fromEntries(marks.map((mark) => [mark, null])) } };
}

/** Only recovery adds own chat messages that were delivered before. */
function asTheirs(message: StoredMessage): StoredMessage {
  return message.kind === 'chat' && message.mine && message.state === 'delivered'
    ? { ...message, mine: false }
    : message;
}
