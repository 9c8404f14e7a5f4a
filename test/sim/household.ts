// One user of a simulated run: the person, the client program, the disk that survives, and the computer that may crash.

import type { TransactionalStore } from '../../client/engine/store.js';
import type { Effect, Input } from '../../client/engine/world.js';
import { MemoryStore } from '../../client/store/memory-store.js';
import type { Town } from './network/town.js';
import { ClientProgram, type ClientSettings } from './hosts/client-program.js';
import { Host, type Habits } from './hosts/host.js';
import { LyingMachine, type Liar } from './hosts/lying-machine.js';
import type { Planted } from './hosts/planted.js';
import { Persona, type Character } from './load/persona.js';
import { acknowledgedBy } from './oracle/acknowledgements.js';
import type { Checker } from './oracle/checker.js';

export interface HouseholdPlan {
  readonly settings: ClientSettings;
  readonly character: Character;
  readonly habits: Habits;
  readonly planted: Planted;
  /** Null for the honest. */
  readonly liar: Liar | null;
  /** Called at every crash. */
  readonly crashed: (host: Host<Input, Effect>) => void;
}

export class Household {
  readonly name: string;
  readonly store: TransactionalStore;
  readonly persona: Persona;
  readonly host: Host<Input, Effect>;

  constructor(town: Town, checker: Checker, plan: HouseholdPlan) {
    const { settings, character, habits, planted, liar, crashed } = plan;
    this.name = settings.name;
    const store = new MemoryStore();
    this.store = store;
    this.persona = new Persona(town.run, character, checker, () => ({
      isUp: this.host.isUp,
      command: (command) => program.command(command),
    }));
    const program = new ClientProgram(town, settings, {
      store: planted.clientStore?.(store) ?? store,
      face: this.persona,
      alter: (machine) => {
        const altered = planted.client?.(machine) ?? machine;
        const random = town.run.random.fork(`lies at ${town.run.timeline.now}`);
        return liar ? new LyingMachine(altered, liar, random) : altered;
      },
      renewed: () => {
        checker.renewed(settings.name);
        this.host.restart();
      },
      watch: (effect) => checker.hasAcknowledged(settings.name, acknowledgedBy(effect)),
    });
    this.host = new Host(town.run, program, habits, () => crashed(this.host));
  }

  /** Those whose words this user wants to hear, as the disk says. */
  friends(): Set<string> {
    const friends = this.store.people().filter((person) => person.friendship === 'friend' && !person.blocked);
    return new Set(friends.map((person) => person.name));
  }

  hasBlocked(user: string): boolean {
    return this.store.people().some((person) => person.name === user && person.blocked);
  }

  /** What waits that could still be sent, in words; '' for nothing. `isHeardBy`: a friend still wants our words. */
  waits(isHeardBy: (friend: string) => boolean): string {
    const letters = this.store.letters(0, 10).map(({ kind, to }) => `letter ${kind} to ${to}`);
    const counts = this.store.waitingCounts();
    const friends = [...this.friends()].filter((friend) => counts.has(friend) && isHeardBy(friend));
    return [...letters, ...friends.map((friend) => `messages to ${friend}`)].join(', ');
  }
}
