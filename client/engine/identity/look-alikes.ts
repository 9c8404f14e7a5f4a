// Warns of users whose name looks like that of a friend or like the own one (SPEC DIR-19).

import { fingerprintWords } from '../../../protocols/directory/fingerprint.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { looksLike } from '../../../protocols/kit/names.js';
import type { Context } from '../core/context.js';
import type { People } from './people.js';
import type { PinnedKeys } from './pinned-keys.js';

export class LookAlikes {
  /** Names and keys for which this run has given a warning, the oldest first. */
  private readonly warned = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
    private readonly pinnedKeys: PinnedKeys,
  ) {}

  /** `key`: the key under which this name appears, or null if it is not known yet. Friends are not checked. */
  check(name: string, key: string | null): void {
    if (name === this.context.me.name || this.people.isFriend(name)) return;
    const known = [this.context.me.name, ...this.people.friends().map((friend) => friend.name)];
    const imitated = known.find((one) => looksLike(name, one));
    if (imitated === undefined || !this.isFirst(`${name} ${key ?? ''} ${imitated}`)) return;
    const whom = imitated === this.context.me.name ? 'you' : 'your friend';
    const both = [this.spelled(name, key), this.spelled(imitated, this.pinnedKeys.of(imitated))];
    this.context.warn(
      'LOOK_ALIKE',
      `${name} is not ${whom} ${imitated}: the names only look alike. Letter by letter: ${both.join(' and ')}.`,
    );
  }

  /** `b 0 b (key: olive river …)` */
  private spelled(name: string, key: string | null): string {
    const fingerprint = key === null ? 'not known yet' : fingerprintWords(key, this.context.primitives);
    return `${[...name].join(' ')} (key: ${fingerprint})`;
  }

  private isFirst(warning: string): boolean {
    if (this.warned.has(warning)) return false;
    this.warned.add(warning);
    const [oldest] = this.warned;
    if (this.warned.size > LIMITS.lookAlikesWarnedMax && oldest !== undefined) this.warned.delete(oldest);
    return true;
  }
}
