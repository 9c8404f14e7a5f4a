// A client's disk: it outlives every crash, can be full, and can be had again as it was when a copy was taken.

import type { TransactionalStore } from '../../../client/engine/store.js';
import { MemoryStore } from '../../../client/store/memory-store.js';
import { Death } from './life.js';

/** Everything that ever changed the store, in order: done again, it gives the same store. */
export type DiskCopy = readonly Change[];

type Change = (store: MemoryStore) => unknown;

const CHANGING: ReadonlySet<string | symbol> = new Set<keyof MemoryStore>([
  'raiseBoot',
  'putSetting',
  'putPerson',
  'dropPerson',
  'addMessage',
  'addOutgoing',
  'dropWaiting',
  'setShown',
  'setState',
  'settle',
  'markHeld',
  'requeueHeld',
  'markRead',
  'markReadByPeer',
  'addLetter',
  'dropLetter',
  'seeLetter',
  'forgetLettersSeenBefore',
]);

export class Disk {
  /** The store on this disk, always the same, whatever is put back under it. */
  readonly store: TransactionalStore;
  /** While it is, nothing that changes the store can be committed. */
  isFull = false;
  private inner = new MemoryStore();
  private changes: Change[] = [];

  constructor() {
    const methods = new Map<string | symbol, unknown>([['transaction', <T>(work: () => T) => this.transaction(work)]]);
    this.store = new Proxy<TransactionalStore>(this.inner, {
      get: (_, name) => {
        if (!methods.has(name)) methods.set(name, this.method(name));
        return methods.get(name);
      },
    });
  }

  /** To be taken between transactions. */
  copy(): DiskCopy {
    return [...this.changes];
  }

  putBack(copy: DiskCopy): void {
    this.changes = [...copy];
    this.inner = new MemoryStore();
    for (const change of copy) change(this.inner);
  }

  private transaction<T>(work: () => T): T {
    const before = this.changes.length;
    try {
      return this.inner.transaction(() => {
        const result = work();
        if (this.isFull && this.changes.length > before) throw new Death('full disks');
        return result;
      });
    } catch (error) {
      this.changes.length = before;
      throw error;
    }
  }

  private method(name: string | symbol): (...given: unknown[]) => unknown {
    const call = (store: MemoryStore, given: unknown[]) =>
      Reflect.apply(Reflect.get(store, name) as (...given: unknown[]) => unknown, store, given);
    if (!CHANGING.has(name)) return (...given) => call(this.inner, given);
    return (...given) => {
      this.changes.push((store) => call(store, given));
      return call(this.inner, given);
    };
  }
}
