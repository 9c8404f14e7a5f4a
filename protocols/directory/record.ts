// The record of a user (SPEC.md): who may speak for a name, signed by the identity key. `judge.ts` decides on it.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, Count, IdText, KeyText, Time } from '../kit/shapes.js';
import { LIMITS } from '../kit/limits.js';

/** `device`: Ed25519 (links, signatures). `exchange`: X25519 (letters). */
export const Device = exactly({ device: KeyText, exchange: KeyText, since: Time });
export type Device = Static<typeof Device>;

/**
 * `key`: the identity key that signs. `previous`: id of the record before, or null for the first. A record without
 * devices is the tombstone of `unregister`: nobody speaks for the name any more.
 */
export const Record = exactly({
  name: Type.String({ maxLength: 64 }),
  version: Count,
  key: KeyText,
  devices: Type.Array(Device, { maxItems: LIMITS.devicesPerRecord }),
  previous: Type.Union([IdText, Type.Null()]),
  at: Time,
});
export type Record = Static<typeof Record>;

export const recordShape = compileShape(Record);

export function isTombstone(record: Record): boolean {
  return record.devices.length === 0;
}
