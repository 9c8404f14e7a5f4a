// What the page stores between two visits, apart from its keys: a small JSON text in localStorage. A stored text of
// another shape counts as absent.

import { Type, type Static } from '../../protocols/kit/packages/typebox.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, exactly, KeyText, NameText } from '../../protocols/kit/shapes.js';

export const Preferences = exactly({
  /** null: not chosen yet. */
  name: Type.Union([NameText, Type.Null()]),
  channels: Type.Array(NameText, { maxItems: LIMITS.channelsPerClient }),
  /** Keys whose messages are not shown. */
  muted: Type.Array(KeyText, { maxItems: LIMITS.pageMutedMax }),
  theme: Type.Enum(['system', 'light', 'dark']),
});
export type Preferences = Static<typeof Preferences>;
export type Theme = Preferences['theme'];

const STORAGE_KEY = 'kith';
export const DEFAULT_PREFERENCES: Preferences = { name: null, channels: [], muted: [], theme: 'system' };
const shape = compileShape(Preferences);

export function readPreferences(storage: Pick<Storage, 'getItem'>): Preferences {
  const stored = parseJson(storage.getItem(STORAGE_KEY) ?? '');
  return shape.accepts(stored) ? stored : DEFAULT_PREFERENCES;
}

/** Throws if the browser has no room, or does not store anything. */
export function writePreferences(storage: Pick<Storage, 'setItem'>, preferences: Preferences): void {
  storage.setItem(STORAGE_KEY, JSON.stringify(preferences));
}

export function clearPreferences(storage: Pick<Storage, 'removeItem'>): void {
  storage.removeItem(STORAGE_KEY);
}

/** What another window of this browser did to the preferences. */
export type StorageChange = { type: 'none' } | { type: 'cleared' } | { type: 'changed'; preferences: Preferences };

export function storageChangeOf({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): StorageChange {
  if (key !== null && key !== STORAGE_KEY) return { type: 'none' };
  if (newValue === null) return { type: 'cleared' };
  return { type: 'changed', preferences: readPreferences({ getItem: () => newValue }) };
}
