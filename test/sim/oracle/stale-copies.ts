// Tracks users whose disk was replaced by an old copy: which messages they may lack, and which friendships they may
// have forgotten.

import type { Person, StoredMessage } from '../../../client/engine/core/store.js';

/** The content of a disk at one time. */
export interface DiskSnapshot {
  readonly messages: readonly StoredMessage[];
  /** The messages that are not yet acknowledged. */
  readonly waiting: readonly StoredMessage[];
  readonly people: readonly Person[];
}

export class StaleCopies {
  /** Users that run on an old copy without having renewed their device. */
  private readonly unrenewed = new Set<string>();
  private readonly everRestored = new Set<string>();
  /** By user: ids of messages that the copy lacks or has in another state than the lost disk. */
  private readonly undone = new Map<string, Set<string>>();
  /** Pairs that may disagree about their friendship. */
  private readonly disagreeing = new Set<string>();
  /** Pairs whose friendship ended, so that one may not ask the other for lost messages. */
  private readonly parted = new Set<string>();

  /** Gives the messages whose state differs. */
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

  /** False if no copy was restored that would explain a new device. */
  renewed(user: string): boolean {
    return this.unrenewed.delete(user);
  }

  wasRestored(user: string): boolean {
    return this.everRestored.has(user);
  }

  isUnrenewed(user: string): boolean {
    return this.unrenewed.has(user);
  }

  /** The copy was detected, so everything that friends have must be recovered. */
  wasRecovered(user: string): boolean {
    return this.everRestored.has(user) && !this.unrenewed.has(user);
  }

  /** True if the lost disk had the message, so that other users may truthfully report it. */
  mayLack(user: string, id: string): boolean {
    return this.undone.get(user)?.has(id) ?? false;
  }

  /** A friendship ended: pending recovery between the two stops. */
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
