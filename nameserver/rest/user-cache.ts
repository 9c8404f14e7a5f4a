// Caches look-up results as JSON text until they change. A cached look-up costs one map access.

import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import type { UserLookup, Registry } from '../registry.js';

export class UserCache {
  /** The oldest entry is first. */
  private readonly texts = new Map<string, string>();

  constructor(private readonly registry: Pick<Registry, 'user'>) {}

  /** The JSON text of one user, by a name as typed. */
  user(name: string): Outcome<string> {
    return this.texts.get(name) ?? this.load(name);
  }

  /** The JSON text of those users that exist, each once. */
  users(names: readonly string[]): string {
    const texts = [...new Set(names.map((name) => name.toLowerCase()))].map((name) => this.user(name));
    return `{"users":[${texts.filter((text) => typeof text === 'string').join(',')}]}`;
  }

  /** Drops the entry of a name whose look-up result changed. */
  invalidate(name: string): void {
    this.texts.delete(name);
  }

  private load(name: string): Outcome<string> {
    const user = this.registry.user(name);
    if (user instanceof Refusal) return user;
    const text = textOf(user);
    const [oldest] = this.texts.keys();
    if (oldest !== undefined && this.texts.size >= LIMITS.restCachedAnswersMax) this.texts.delete(oldest);
    this.texts.set(user.name, text);
    return text;
  }
}

function textOf({ name, key, online, lastSeen, record }: UserLookup): string {
  const seen = lastSeen === null ? null : new Date(lastSeen).toISOString();
  const { payload, signature } = record;
  return JSON.stringify({ name, key, online, lastSeen: seen, record: { payload, signature } });
}
