// What the oracle has to know of users who lost their data and go on with an old copy: what they may lack, and whom.

import type { Person, StoredMessage } from '../../../client/engine/core/store.js';

/** A disk as it was, or is now. */
export interface DiskSnapshot {
  readonly messages: readonly StoredMessage[];
  /** Those of them that wait to be acknowledged. */
  readonly waiting: readonly StoredMessage[];
  readonly people: readonly Person[];
}

export class StaleCopies {
  /** Those who run on an old copy under the old device. */
  private readonly unrenewed = new Set<string>();
  private readonly everRestored = new Set<string>();
  /** By user: ids of what the lost disk had and the copy has not, or has in another state. */
  private readonly undone = new Map<string, Set<string>>();
  /** Pairs who may not know what they are to each other. */
  private readonly disagreeing = new Set<string>();
  /** Pairs of whom one may not know to ask the other for what is missing. */
  private readonly parted = new Set<string>();

  /** Gives the messages that are not as they were. */
  restored(user: string, lost: DiskSnapshot, copy: DiskSnapshot): StoredMessage[] {
    this.unrenewed.add(user);
    this.everRestored.add(user);
    const kept = new Map(copy.messages.map((message) => [message.id, message]));
    const changed = lost.messages.filter(({ id, state }) => kept.get(id)?.state !== state);
    this.undone.set(user, new Set([...(this.undone.get(user) ?? []), ...changed.map(({ id }) => id)]));
    for (const name of new Set([...lost.people, ...copy.people].map((person) => person.name))) {
      if (standingOf(lost, name) !== standingOf(copy, name)) this.markDisagreement(user, name);
    }
    return changed;
  }

  /** False where nothing was put back that would explain a new device. */
  renewed(user: string): boolean {
    return this.unrenewed.delete(user);
  }

  wasRestored(user: string): boolean {
    return this.everRestored.has(user);
  }

  isUnrenewed(user: string): boolean {
    return this.unrenewed.has(user);
  }

  /** The copy was found out, so that all that friends have should be back. */
  wasRecovered(user: string): boolean {
    return this.everRestored.has(user) && !this.unrenewed.has(user);
  }

  /** The lost disk had it, so that others may rightly say so. */
  mayLack(user: string, id: string): boolean {
    return this.undone.get(user)?.has(id) ?? false;
  }

  /** A friendship is over: who had asked for what is missing gets no more of it. */
  markParted(a: string, b: string): void {
    if (this.everRestored.has(a) || this.everRestored.has(b)) this.parted.add(pairOf(a, b));
  }

  markDisagreement(a: string, b: string): void {
    this.disagreeing.add(pairOf(a, b));
  }

  mayDisagree(a: string, b: string): boolean {
    return this.disagreeing.has(pairOf(a, b));
  }

  haveParted(a: string, b: string): boolean {
    return this.parted.has(pairOf(a, b));
  }
}

function pairOf(a: string, b: string): string {
  return [a, b].sort().join(' ');
}

function standingOf({ people }: DiskSnapshot, name: string): string {
  const person = people.find((each) => each.name === name);
  return person ? `${person.friendship} ${person.epoch} ${person.blocked}` : 'none 1 false';
}
