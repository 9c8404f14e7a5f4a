// The identity keys that this client knows of users, and the users of groups whose key is another one (SPEC GROUP-42,
// GROUP-44).

import { fingerprintWords } from '../../../protocols/directory/fingerprint.js';
import type { OtherMember } from '../../../protocols/control/commands/groups.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Context } from '../core/context.js';
import type { People } from './people.js';

export class PinnedKeys {
  constructor(
    private readonly context: Context,
    private readonly people: People,
  ) {}

  /** The pinned key of a user, or the own key; null if there is none. */
  of(user: string): string | null {
    const { me } = this.context;
    return user === me.name ? me.identity.publicKey : (this.people.get(user)?.pinned?.key ?? null);
  }

  /** True iff the user is known under another key than this one. */
  isOther(user: string, key: string | null): boolean {
    const pinned = this.of(user);
    return pinned !== null && pinned !== key;
  }

  /** The fingerprint of this key if another one is pinned for the user, else null. */
  otherKey(user: string, key: string): string | null {
    return this.isOther(user, key) ? fingerprintWords(key, this.context.primitives) : null;
  }

  /** Those of these members who are not the users that we know by their names. */
  othersAmong(members: Iterable<{ readonly user: string; readonly key: string }>): OtherMember[] {
    return [...members].flatMap(({ user, key }) => {
      const fingerprint = this.otherKey(user, key);
      return fingerprint === null ? [] : [{ user, fingerprint }];
    });
  }

  /**
   * Pins the keys that the name server states for users without a pinned key. `then` gets the refusal if the name
   * server did not answer; a user that it does not know stays without a pinned key.
   */
  pin(users: readonly string[], then: (refusal: Refusal | null) => void): void {
    const unknown = users.filter((user) => this.of(user) === null && this.meet(user));
    const page = unknown.slice(0, LIMITS.restNamesMax);
    if (page.length === 0) return then(null);
    this.people.find(page, (found) => {
      if (found instanceof Refusal) return then(found);
      const others = unknown.slice(page.length);
      if (others.length === 0) return then(null);
      this.pin(others, then);
    });
  }

  /** A look-up pins the key of a user that is stored. False if there is no room. */
  private meet(user: string): boolean {
    const person = this.people.meet(user);
    if (person !== null && this.people.get(user) === null) this.people.put(person);
    return person !== null;
  }
}
