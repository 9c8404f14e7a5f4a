// The record of a user (SPEC.md): who may speak for a name, signed by the identity key. `judge.ts` decides on it.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, Count, IdText, KeyText, Time } from '../kit/shapes.js';
import { LIMITS } from '../kit/limits.js';

/** `device`: Ed25519 (links, signatures). `exchange`: X25519 (letters). */
export const ListedDevice = exactly({ device: KeyText, exchange: KeyText, since: Time });
export type ListedDevice = Static<typeof ListedDevice>;

/**
 * `key`: the identity key that signs. `previous`: id of the record before, or null for the first. A record without
 * devices is the tombstone of `unregister`: nobody speaks for the name any more.
 */
export const UserRecord = exactly({
  name: Type.String({ maxLength: 64 }),
  version: Count,
  key: KeyText,
  devices: Type.Array(ListedDevice, { maxItems: LIMITS.devicesPerRecord }),
  previous: Type.Union([IdText, Type.Null()]),
  at: Time,
});
export type UserRecord = Static<typeof UserRecord>;

export const recordShape = compileShape(UserRecord);

export function isTombstone(record: UserRecord): boolean {
  return record.devices.length === 0;
}
