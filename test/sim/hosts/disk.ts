// The simulated disk of a client: survives every crash, can be full, and can be restored from a copy.

import type { OneTimeKeyStore, TransactionalStore } from '../../../client/engine/core/store.js';
import type { PostStore } from '../../../client/engine/core/post-store.js';
import { MemoryStore } from '../../client/store/memory/memory-store.js';
import { ProcessCrash } from './incarnation.js';

/** All changes of the store in order; replaying them gives the same store. */
export type DiskCopy = readonly Change[];

type Change = (store: MemoryStore) => unknown;

const CHANGING: ReadonlySet<string | symbol> = new Set<keyof MemoryStore>([
  'raiseBoot',
  'putSetting',
  'putPerson',
  'dropPerson',
  'addMessage',
  'addOutgoing',
  'dropUnsettled',
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
  'putLetterKey',
  'dropLetterKey',
]);

/** Methods that change the posts. */
const CHANGING_POSTS: ReadonlySet<string | symbol> = new Set<keyof PostStore>([
  'put',
  'dropOtherDevices',
  'keepNewest',
  'dropAuthor',
  'putFollowedCatalogue',
  'dropFollowing',
  'putTold',
  'dropTold',
  'dropAllTold',
  'putDownload',
  'dropDownload',
]);

/** Methods that change the one-time keys. */
const CHANGING_KEYS: ReadonlySet<string | symbol> = new Set<keyof OneTimeKeyStore>(['put', 'use', 'dropOf']);

export class Disk {
  /** The store on this disk. The object stays the same when a copy is restored. */
  readonly store: TransactionalStore;
  /** True: no transaction that changes the store can commit. */
  isFull = false;
  private inner = new MemoryStore();
  private changes: Change[] = [];

  constructor() {
    const transaction = <T>(work: () => T): T => this.transaction(work);
    const posts = recordingProxy(this.inner.posts, [], (name) =>
      this.method(
        CHANGING_POSTS.has(name),
        (store) => Reflect.get(store.posts, name),
        (store) => store.posts,
      ),
    );
    const oneTimeKeys = recordingProxy(this.inner.oneTimeKeys, [], (name) =>
      this.method(
        CHANGING_KEYS.has(name),
        (store) => Reflect.get(store.oneTimeKeys, name),
        (store) => store.oneTimeKeys,
      ),
    );
    this.store = recordingProxy<TransactionalStore>(
      this.inner,
      [
        ['transaction', transaction],
        ['posts', posts],
        ['oneTimeKeys', oneTimeKeys],
      ],
      (name) =>
        this.method(
          CHANGING.has(name),
          (store) => Reflect.get(store, name),
          (store) => store,
        ),
    );
  }

  /** Must be called between transactions. */
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
        if (this.isFull && this.changes.length > before) throw new ProcessCrash('full disks');
        return result;
      });
    } catch (error) {
      this.changes.length = before;
      throw error;
    }
  }

  private method(
    isChanging: boolean,
    of: (store: MemoryStore) => unknown,
    owner: (store: MemoryStore) => object,
  ): (...given: unknown[]) => unknown {
    const call = (store: MemoryStore, given: unknown[]) =>
      Reflect.apply(of(store) as (...given: unknown[]) => unknown, owner(store), given);
    if (!isChanging) return (...given) => call(this.inner, given);
    return (...given) => {
      this.changes.push((store) => call(store, given));
      return call(this.inner, given);
    };
  }
}

/** A proxy of `inner` whose methods are created once by `made`; `known` are given. */
function recordingProxy<T extends object>(
  inner: T,
  known: readonly (readonly [string, unknown])[],
  made: (name: string | symbol) => unknown,
): T {
  const methods = new Map<string | symbol, unknown>(known);
  return new Proxy<T>(inner, {
    get: (_, name) => {
      if (!methods.has(name)) methods.set(name, made(name));
      return methods.get(name);
    },
  });
}
