// What the page remembers from one client to the next, beside its keys: small, readable, and believed only as far as
// its shape (localStorage).

import { Type, type Static } from '../../protocols/kit/packages/typebox.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, exactly, KeyText, NameText } from '../../protocols/kit/shapes.js';

export const Preferences = exactly({
  /** null: not chosen yet. */
  name: Type.Union([NameText, Type.Null()]),
  channels: Type.Array(NameText, { maxItems: LIMITS.channelsPerClient }),
  /** Keys of whom we do not want to hear. */
  muted: Type.Array(KeyText, { maxItems: LIMITS.pageMutedMax }),
  theme: Type.Enum(['system', 'light', 'dark']),
});
export type Preferences = Static<typeof Preferences>;
export type Theme = Preferences['theme'];

const PLACE = 'kith';
export const DEFAULT_PREFERENCES: Preferences = { name: null, channels: [], muted: [], theme: 'system' };
const shape = compileShape(Preferences);

export function readPreferences(storage: Pick<Storage, 'getItem'>): Preferences {
  const kept = parseJson(storage.getItem(PLACE) ?? '');
  return shape.accepts(kept) ? kept : DEFAULT_PREFERENCES;
}

/** Throws where the browser has no room, or keeps nothing. */
export function writePreferences(storage: Pick<Storage, 'setItem'>, kept: Preferences): void {
  storage.setItem(PLACE, JSON.stringify(kept));
}

export function clearPreferences(storage: Pick<Storage, 'removeItem'>): void {
  storage.removeItem(PLACE);
}

/** What another window of this browser did to what is remembered. */
export type StorageChange = { type: 'none' } | { type: 'cleared' } | { type: 'changed'; preferences: Preferences };

export function storageChangeOf({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): StorageChange {
  if (key !== null && key !== PLACE) return { type: 'none' };
  return newValue === null
    ? { type: 'cleared' }
    : { type: 'changed', preferences: readPreferences({ getItem: () => newValue }) };
}
