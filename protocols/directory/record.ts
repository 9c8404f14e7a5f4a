// The record of a user (SPEC.md): the devices that speak for a name. `record-verification.ts` verifies it.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, Count, IdText, KeyText, SignatureText, Time } from '../kit/shapes.js';
import { LIMITS } from '../kit/limits.js';

/**
 * `device`: Ed25519 key for links and signatures. `exchange`: X25519 key for direct messages. `proof`: the device's own
 * signature over its owner and what is listed with it (SPEC DIR-13).
 */
export const ListedDevice = exactly({ device: KeyText, exchange: KeyText, since: Time, proof: SignatureText });
export type ListedDevice = Static<typeof ListedDevice>;

/**
 * `key`: the identity key that signs. `previous`: the id of the previous record, null for the first. A record without
 * devices is a tombstone: `unregister` made it, and no device speaks for the name.
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
