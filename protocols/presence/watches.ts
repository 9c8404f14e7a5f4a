// Which session watches which name, indexed both ways, with at most `watchedNamesPerSession` names per session.

import { LIMITS } from '../kit/limits.js';

export class Watches {
  private readonly namesOf = new Map<number, Set<string>>();
  private readonly sessionsOf = new Map<string, Set<number>>();

  /** Adds names to the watches of a session. Returns those of `names` that it now watches. */
  add(session: number, names: readonly string[]): string[] {
    const watched = this.namesOf.get(session) ?? new Set<string>();
    this.namesOf.set(session, watched);
    const requested = [...new Set(names)];
    for (const name of requested) {
      if (!watched.has(name) && watched.size >= LIMITS.watchedNamesPerSession) continue;
      watched.add(name);
      this.sessionsOf.set(name, (this.sessionsOf.get(name) ?? new Set<number>()).add(session));
    }
    return requested.filter((name) => watched.has(name));
  }

  watchersOf(name: string): number[] {
    return [...(this.sessionsOf.get(name) ?? [])];
  }

  /** Drops a session and all its watches. */
  drop(session: number): void {
    for (const name of this.namesOf.get(session) ?? []) {
      const sessions = this.sessionsOf.get(name);
      sessions?.delete(session);
      if (sessions?.size === 0) this.sessionsOf.delete(name);
    }
    this.namesOf.delete(session);
  }
}
