// The keys that devices have offered, in memory.

import type { Signed } from '../../protocols/kit/signed.js';
import type { UndoLog } from '../../protocols/kit/undo/undo-log.js';
import { UndoMap } from '../../protocols/kit/undo/undo-map.js';
import type { DeviceKeyStore, Mailbox, StoredLetterKey } from './registry-store.js';

export class MemoryKeyStore implements DeviceKeyStore {
  /** By `name device`; names hold no spaces. */
  private readonly letterKeys: UndoMap<string, StoredLetterKey>;
  private readonly stocks: UndoMap<string, readonly Signed[]>;

  constructor(undoLog: UndoLog) {
    this.letterKeys = new UndoMap(undoLog);
    this.stocks = new UndoMap(undoLog);
  }

  letterKey(mailbox: Mailbox): StoredLetterKey | null {
    return this.letterKeys.get(placeOf(mailbox)) ?? null;
  }

  putLetterKey(mailbox: Mailbox, key: StoredLetterKey): void {
    this.letterKeys.set(placeOf(mailbox), key);
    this.stocks.delete(placeOf(mailbox));
  }

  oneTimeKeys(mailbox: Mailbox): number {
    return this.stock(mailbox).length;
  }

  addOneTimeKey(mailbox: Mailbox, key: Signed): void {
    this.stocks.set(placeOf(mailbox), [...this.stock(mailbox), key]);
  }

  takeOneTimeKey(mailbox: Mailbox): Signed | null {
    const [first, ...rest] = this.stock(mailbox);
    if (first !== undefined) this.stocks.set(placeOf(mailbox), rest);
    return first ?? null;
  }

  /** `device`: null for all devices of the name. */
  forget(name: string, device: string | null): void {
    for (const map of [this.letterKeys, this.stocks]) {
      for (const [place] of map.all()) {
        if (device === null ? place.startsWith(`${name} `) : place === placeOf({ name, device })) map.delete(place);
      }
    }
  }

  private stock(mailbox: Mailbox): readonly Signed[] {
    return this.stocks.get(placeOf(mailbox)) ?? [];
  }
}

function placeOf({ name, device }: Mailbox): string {
  return `${name} ${device}`;
}
