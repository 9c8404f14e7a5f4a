// Faults planted in what a client does about an old copy of its data, and about letters that were held for too long.

import type { StoredMessage } from '../../../client/engine/core/store.js';
import type { Effect } from '../../../client/engine/core/io.js';
import { altering, changing } from './client-mutants.js';
import type { Mutant } from './mutant.js';

export const OLD_COPY_MUTANTS: readonly Mutant[] = [
  {
    fault: 'the old device goes on after RESTORED',
    rules: ['G1', 'G2', 'G3', 'CHAT-18', 'CHAT-19'],
    planted: altering((effect) => (effect.type === 'renew_device' ? [] : [effect])),
  },
  {
    fault: 'nothing that was lost is asked for',
    rules: ['CHAT-19'],
    planted: altering((effect) => (isRefillWanted(effect) ? [] : [effect])),
  },
  {
    fault: 'what friends give back is stored as theirs',
    rules: ['G4'],
    planted: changing((store) => ({ addMessage: (message) => store.addMessage(asTheirs(message)) })),
  },
  {
    fault: 'friends do not say how far they have heard',
    isElusive: true,
    rules: ['G1', 'G2', 'G3', 'CHAT-18', 'CHAT-19'],
    planted: { ...altering((effect) => [withoutSeen(effect)]), ...changing(() => ({ lastDelivered: () => 0 })) },
  },
  {
    fault: 'friends do not say what was acknowledged to them',
    isElusive: true,
    rules: ['G2'],
    planted: changing(() => ({ lastDelivered: () => 0 })),
  },
  {
    fault: 'held is never queued again',
    isElusive: true,
    rules: ['G3'],
    planted: changing(() => ({ requeueHeld: () => [] })),
  },
];

function isRefillWanted(effect: Effect): boolean {
  if (effect.type === 'seal') return effect.plain.includes('refill_wanted');
  return effect.type === 'link_send' && 'type' in effect.frame && effect.frame.type === 'refill_wanted';
}

function withoutSeen(effect: Effect): Effect {
  if (effect.type !== 'link_send' || !('seen' in effect.frame)) return effect;
  return { ...effect, frame: { ...effect.frame, seen: 0 } };
}

/** Only a refill adds chat of ours that was delivered before. */
function asTheirs(message: StoredMessage): StoredMessage {
  return message.kind === 'chat' && message.mine && message.state === 'delivered'
    ? { ...message, mine: false }
    : message;
}
