// Who watches whom: names by session and sessions by name, at most `watchedNamesPerSession` names a session.

import { LIMITS } from '../kit/limits.js';

export class Watches {
  private readonly namesOf = new Map<number, Set<string>>();
  private readonly sessionsOf = new Map<string, Set<number>>();

  /** Adds names to what a session watches; gives those of them that it watches now. */
  add(session: number, names: readonly string[]): string[] {
    const watched = this.namesOf.get(session) ?? new Set<string>();
    this.namesOf.set(session, watched);
    const asked = [...new Set(names)];
    for (const name of asked) {
      if (!watched.has(name) && watched.size >= LIMITS.watchedNamesPerSession) continue;
      watched.add(name);
      this.sessionsOf.set(name, (this.sessionsOf.get(name) ?? new Set<number>()).add(session));
    }
    return asked.filter((name) => watched.has(name));
  }

  watchersOf(name: string): number[] {
    return [...(this.sessionsOf.get(name) ?? [])];
  }

  /** Forgets a session and all it watched. */
  drop(session: number): void {
    for (const name of this.namesOf.get(session) ?? []) {
      const sessions = this.sessionsOf.get(name);
      sessions?.delete(session);
      if (sessions?.size === 0) this.sessionsOf.delete(name);
    }
    this.namesOf.delete(session);
  }
}
