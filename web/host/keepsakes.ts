// What the page remembers from one visit to the next, beside its keys: small, readable, and believed only as far as its
// shape (localStorage).

import { Type, type Static } from '../../protocols/kit/packages/typebox.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, exactly, KeyText, NameText } from '../../protocols/kit/shapes.js';

export const Keepsakes = exactly({
  /** null: not chosen yet. */
  name: Type.Union([NameText, Type.Null()]),
  channels: Type.Array(NameText, { maxItems: LIMITS.channelsPerVisitor }),
  /** Keys of whom we do not want to hear. */
  muted: Type.Array(KeyText, { maxItems: LIMITS.pageMutedMax }),
  theme: Type.Enum(['system', 'light', 'dark']),
});
export type Keepsakes = Static<typeof Keepsakes>;
export type Theme = Keepsakes['theme'];

const PLACE = 'kith';
export const NO_KEEPSAKES: Keepsakes = { name: null, channels: [], muted: [], theme: 'system' };
const shape = compileShape(Keepsakes);

export function readKeepsakes(storage: Pick<Storage, 'getItem'>): Keepsakes {
  const kept = parseJson(storage.getItem(PLACE) ?? '');
  return shape.accepts(kept) ? kept : NO_KEEPSAKES;
}

/** Throws where the browser has no room, or keeps nothing. */
export function writeKeepsakes(storage: Pick<Storage, 'setItem'>, kept: Keepsakes): void {
  storage.setItem(PLACE, JSON.stringify(kept));
}

export function forgetKeepsakes(storage: Pick<Storage, 'removeItem'>): void {
  storage.removeItem(PLACE);
}

/** What another window of this browser did to what is remembered. */
export type DoneElsewhere = { did: 'nothing' } | { did: 'forget' } | { did: 'change'; kept: Keepsakes };

export function doneElsewhere({ key, newValue }: Pick<StorageEvent, 'key' | 'newValue'>): DoneElsewhere {
  if (key !== null && key !== PLACE) return { did: 'nothing' };
  return newValue === null ? { did: 'forget' } : { did: 'change', kept: readKeepsakes({ getItem: () => newValue }) };
}
