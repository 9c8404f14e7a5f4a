// A store in memory that remembers what was done to it, and so can be had again as it was at any earlier time.

import type { TransactionalStore } from '../../../../client/engine/core/store.js';
import { MemoryStore } from '../../store/memory/memory-store.js';

type Call = (store: MemoryStore) => unknown;

export interface RememberingStore {
  readonly store: TransactionalStore;
  /** A moment in the life of the store: give it to `asItWas`. */
  moment(): number;
  asItWas(moment: number): RememberingStore;
}

/** Good for runs without failed transactions: what was rolled back would be done again. */
export function rememberingStore(past: readonly Call[] = []): RememberingStore {
  const inner = new MemoryStore();
  const calls = [...past];
  inner.transaction(() => calls.forEach((call) => call(inner)));
  const posts = new Proxy(inner.posts, { get: (_, name) => noting(name, (one) => one.posts) });
  const oneTimeKeys = new Proxy(inner.oneTimeKeys, { get: (_, name) => noting(name, (one) => one.oneTimeKeys) });
  const store = new Proxy<TransactionalStore>(inner, {
    get: (_, name) => {
      if (name === 'posts') return posts;
      if (name === 'oneTimeKeys') return oneTimeKeys;
      return name === 'transaction' ? inner.transaction.bind(inner) : noting(name, (one) => one);
    },
  });

  function noting(name: string | symbol, part: (store: MemoryStore) => object): (...args: unknown[]) => unknown {
    return (...args) => {
      const call: Call = (store) => {
        const method = Reflect.get(part(store), name) as (...given: unknown[]) => unknown;
        return Reflect.apply(method, part(store), args);
      };
      calls.push(call);
      return call(inner);
    };
  }

  return { store, moment: () => calls.length, asItWas: (moment) => rememberingStore(calls.slice(0, moment)) };
}
