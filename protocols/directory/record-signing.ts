// Makes records (SPEC.md): each device signs to whom it belongs, and the identity key signs the whole.

import type { Instant } from '../kit/machine.js';
import type { Primitives, SecretKey } from '../kit/primitives.js';
import { signedBytes, signObject, type Signed } from '../kit/signed.js';
import type { ListedDevice, UserRecord } from './record.js';

/** The user to whom the devices of a record belong. */
export type RecordOwner = Pick<UserRecord, 'name' | 'key'>;

/** A device that a new record lists. `exchange`: its public X25519 key. */
export interface DeviceToList {
  readonly device: SecretKey;
  readonly exchange: string;
  readonly since: Instant;
}

export interface RecordToSign extends Omit<UserRecord, 'key' | 'devices'> {
  readonly identity: SecretKey;
  readonly devices: readonly DeviceToList[];
}

export function signRecord({ identity, devices, ...fields }: RecordToSign, primitives: Primitives): Signed {
  const owner = { name: fields.name, key: identity.publicKey };
  const listed = devices.map((device) => listDevice(owner, device, primitives));
  const { name, version, previous, at } = fields;
  const record: UserRecord = { name, version, key: owner.key, devices: listed, previous, at };
  return signObject('record', record, identity, primitives);
}

/** True iff each listed device proves that it belongs to this name and key, with this exchange key. */
export function areDevicesProven({ name, key, devices }: UserRecord, primitives: Primitives): boolean {
  return devices.every(({ device, exchange, since, proof }) =>
    primitives.verify(statementOf({ name, key }, { device, exchange, since }), proof, device),
  );
}

function listDevice(
  owner: RecordOwner,
  { device, exchange, since }: DeviceToList,
  primitives: Primitives,
): ListedDevice {
  const unproven = { device: device.publicKey, exchange, since };
  return { ...unproven, proof: primitives.sign(statementOf(owner, unproven), device) };
}

/** The bytes that a device signs: another owner, exchange key or time makes another statement (SPEC DIR-13). */
function statementOf({ name, key }: RecordOwner, { device, exchange, since }: Omit<ListedDevice, 'proof'>): Uint8Array {
  return signedBytes('device', JSON.stringify([name, key, device, exchange, since]));
}
