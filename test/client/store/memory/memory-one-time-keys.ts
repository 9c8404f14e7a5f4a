// Our one-time keys, in memory.

import type { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';
import { UndoMap } from '../../../../protocols/kit/undo/undo-map.js';
import type { OneTimeKeyStore, OwnOneTimeKey } from '../../../../client/engine/core/store.js';

export class MemoryOneTimeKeys implements OneTimeKeyStore {
  private readonly keys: UndoMap<string, OwnOneTimeKey>;

  constructor(log: UndoLog) {
    this.keys = new UndoMap(log);
  }

  count(device: string, number: number): number {
    return this.of(device, number).length;
  }

  get(key: string): OwnOneTimeKey | null {
    return this.keys.get(key) ?? null;
  }

  put(key: OwnOneTimeKey): void {
    this.keys.set(key.key, key);
  }

  use(key: string, letter: string): void {
    const own = this.keys.get(key);
    if (own) this.keys.set(key, { ...own, secret: '', usedBy: letter });
  }

  dropOf(device: string, number: number): void {
    for (const { key } of this.of(device, number)) this.keys.delete(key);
  }

  private of(device: string, number: number): OwnOneTimeKey[] {
    return this.keys.values().filter((own) => own.device === device && own.number === number);
  }
}
