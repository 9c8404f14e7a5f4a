// Faults planted in clients: each breaks one guarantee of the engine, its store or its driver from outside.

import type { StoredMessage, TransactionalStore } from '../../../client/engine/core/store.js';
import type { Effect, Input } from '../../../client/engine/core/io.js';
import type { Machine } from '../../../protocols/kit/machine.js';
import type { PlantedFaults } from '../hosts/planted-faults.js';
import type { Mutant } from './mutant.js';
import { overrideMethods } from './override-methods.js';

/** A fault shows at each 7th call, because a permanent one would stop the client from working at all. */
const NOW_AND_THEN = 7;

export const CLIENT_MUTANTS: readonly Mutant[] = [
  { fault: 'effects leave before the commit', rules: ['G1'], planted: { clientPerformsEarly: true } },
  {
    fault: 'a sent message is not put into the outbox',
    rules: ['G2', 'G3'],
    planted: changing((store) => ({ addOutgoing: (message) => void store.addMessage(message) })),
  },
  {
    fault: 'a duplicate message counts as new',
    rules: ['G2'],
    planted: changing((store) => ({
      addMessage: (message) => (store.addMessage(message) === 'conflict' ? 'conflict' : 'added'),
    })),
  },
  { fault: 'a message is acknowledged but not stored', rules: ['G1'], planted: changing(skippingSome) },
  {
    fault: 'shown messages are not recorded',
    rules: ['G2'],
    planted: changing((store) => ({
      addMessage: (message) => store.addMessage({ ...message, shown: message.mine }),
      setShown: () => undefined,
    })),
  },
  {
    fault: 'held counts as delivered',
    rules: ['G1', 'G2'],
    planted: changing((store) => ({ markHeld: (ids) => ids.filter((id) => store.settle(id, 'delivered')) })),
  },
  {
    fault: 'a delivered message becomes held again',
    rules: ['G3'],
    planted: changing((store) => ({ markHeld: (ids, heldAt) => (store.markHeld(ids, heldAt), [...ids]) })),
  },
  {
    fault: 'sequence numbers are reused',
    rules: ['G1', 'G2', 'fault'],
    planted: changing((store) => ({ lastSeq: (...lane) => Math.max(0, store.lastSeq(...lane) - 1) })),
  },
  {
    fault: 'the boot counter does not increase',
    rules: ['CHAT-18'],
    planted: changing((store) => ({ raiseBoot: () => Math.min(2, store.raiseBoot()) })),
  },
  { fault: 'receipts are not stored', rules: ['G3'], planted: losingLetters('receipt') },
  { fault: 'the end of a friendship is not sent', rules: ['G3', 'G4'], planted: losingLetters('bye') },
  {
    fault: 'a duplicate quick message counts as new',
    rules: ['G2'],
    planted: changing((store) => ({ message: (id) => unlessQuick(store.message(id)) })),
  },
  {
    fault: 'messages lose their predecessors',
    isElusive: true,
    rules: ['G2'],
    planted: { ...altering((effect) => [withoutAfter(effect)]), ...changing(() => ({ lastWaitingBefore: () => 0 })) },
  },
  {
    fault: 'letters are confirmed before they are processed',
    isElusive: true,
    rules: ['G2', 'G3', 'G4'],
    planted: {
      client: (machine) => ({
        handle: (input, now) => [...doneAtOnce(input), ...machine.handle(input, now)],
        wakeAt: () => machine.wakeAt(),
      }),
    },
  },
  {
    fault: 'an acknowledgement is lost permanently',
    rules: ['G3'],
    planted: altering((effect) => (isAcknowledgement(effect) ? [] : [effect])),
  },
  {
    fault: 'a message is shown under another name',
    rules: ['G4'],
    planted: altering((effect) => [underAnotherName(effect)]),
  },
];

export function changing(change: (store: TransactionalStore) => Partial<TransactionalStore>): PlantedFaults {
  return { clientStore: (store) => overrideMethods(store, change(store)) };
}

export function altering(change: (effect: Effect) => Effect[]): PlantedFaults {
  const altered = (machine: Machine<Input, Effect>): Machine<Input, Effect> => ({
    handle: (input, now) => machine.handle(input, now).flatMap(change),
    wakeAt: () => machine.wakeAt(),
  });
  return { client: altered };
}

function skippingSome(store: TransactionalStore): Partial<TransactionalStore> {
  let calls = 0;
  const isSkipped = (message: StoredMessage) => !message.mine && (calls += 1) % NOW_AND_THEN === 0;
  return { addMessage: (message) => (isSkipped(message) ? 'known' : store.addMessage(message)) };
}

function losingLetters(kind: string): PlantedFaults {
  return changing((store) => ({
    addLetter: (letter) => {
      if (letter.kind !== kind) store.addLetter(letter);
    },
  }));
}

function unlessQuick(message: StoredMessage | null): StoredMessage | null {
  return message?.kind === 'quick' && !message.mine ? null : message;
}

function withoutAfter(effect: Effect): Effect {
  if (effect.type !== 'link_send' || !('after' in effect.frame)) return effect;
  return { ...effect, frame: { ...effect.frame, after: 0 } };
}

function doneAtOnce(input: Input): Effect[] {
  if (input.type !== 'session_frame' || typeof input.frame !== 'object' || input.frame === null) return [];
  const frame = input.frame as { type?: unknown; id?: unknown };
  if (frame.type !== 'deliver' || typeof frame.id !== 'string') return [];
  return [{ type: 'session_send', session: input.session, frame: { type: 'done', id: frame.id } }];
}

function isAcknowledgement(effect: Effect): boolean {
  return effect.type === 'link_send' && 'type' in effect.frame && effect.frame.type === 'ack';
}

function underAnotherName(effect: Effect): Effect {
  if (effect.type !== 'event' || effect.event.event !== 'chat') return effect;
  const from = effect.event.from === 'alice' ? 'bob' : 'alice';
  return { type: 'event', event: { ...effect.event, from } };
}
