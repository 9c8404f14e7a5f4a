// Faults planted in the name server: each breaks one rule of the session (protocols/session/SPEC.md) from outside.

import type { ServerEffect, ServerInput } from '../../../nameserver/io.js';
import type { RegistryStore } from '../../../nameserver/store/registry-store.js';
import type { Machine } from '../../../protocols/kit/machine.js';
import type { Mutant } from './mutant.js';
import { overrideMethods } from './override-methods.js';

const NOW_AND_THEN = 5;

export const SERVER_MUTANTS: readonly Mutant[] = [
  {
    fault: 'the name server answers before the commit',
    rules: ['G2', 'G3', 'G4'],
    // Shows only if the name server crashes between answer and commit, which is rare in most runs.
    planted: { serverPerformsEarly: true, serverCrashAtTurn: 0.2 },
  },
  { fault: 'a letter is accepted but not held', rules: ['G2', 'G3', 'G4'], planted: { serverStore: holdingMost } },
  {
    fault: 'a letter is deleted when it is sent, before it is confirmed',
    rules: ['G2', 'G3', 'G4'],
    planted: { server: deletingAtOnce },
  },
  {
    fault: 'presence changes are not sent',
    rules: ['presence'],
    planted: { server: (machine) => without(machine, isArrival) },
  },
];

function holdingMost(store: RegistryStore): RegistryStore {
  let calls = 0;
  return overrideMethods(store, {
    addLetter: (letter) => {
      calls += 1;
      if (calls % NOW_AND_THEN !== 0) store.addLetter(letter);
    },
  });
}

/** Deletes each letter that it sends. Now and then the connection ends at that moment, and the letter with it. */
function deletingAtOnce(machine: Machine<ServerInput, ServerEffect>): Machine<ServerInput, ServerEffect> {
  let calls = 0;
  return {
    handle: (input, now) =>
      machine.handle(input, now).flatMap((effect): ServerEffect[] => {
        if (effect.type !== 'send' || effect.frame.type !== 'deliver') return [effect];
        const { session, frame } = effect;
        const given = machine.handle({ type: 'frame', session, frame: { type: 'done', id: frame.id } }, now);
        calls += 1;
        return calls % NOW_AND_THEN === 0 ? [{ type: 'close', session }, ...given] : [effect, ...given];
      }),
    wakeAt: () => machine.wakeAt(),
  };
}

function without(
  machine: Machine<ServerInput, ServerEffect>,
  isLost: (effect: ServerEffect) => boolean,
): Machine<ServerInput, ServerEffect> {
  return {
    handle: (input, now) => machine.handle(input, now).filter((effect) => !isLost(effect)),
    wakeAt: () => machine.wakeAt(),
  };
}

function isArrival(effect: ServerEffect): boolean {
  return effect.type === 'send' && effect.frame.type === 'presence' && effect.frame.online;
}
