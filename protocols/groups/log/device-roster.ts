// Which devices belong to which user of a group (SPEC GROUP-5). Records of the past count too: what a retired device
// signed stays valid.

import { LIMITS } from '../../kit/limits.js';
import type { Primitives } from '../../kit/primitives.js';
import type { Signed } from '../../kit/signed.js';

/** The content of a verified record. */
export interface DeviceRecord {
  readonly name: string;
  readonly key: string;
  readonly version: number;
  readonly devices: readonly { readonly device: string }[];
}

/** What the log needs from its host: cryptography and the verification of records. */
export interface LogDependencies {
  readonly primitives: Primitives;
  /** The content of a record, null if the key that it names did not sign it. */
  readonly readRecord: (signed: Signed) => DeviceRecord | null;
}

interface KnownUser {
  readonly devices: Set<string>;
  version: number;
  newest: Signed;
  /** The records that first named some device: together they prove the owner of each device. */
  readonly provingRecords: Signed[];
}

export class DeviceRoster {
  private readonly users = new Map<string, KnownUser>();

  constructor(private readonly dependencies: LogDependencies) {}

  /** Learns a record; its content, null if it is not valid. */
  learn(signed: Signed): DeviceRecord | null {
    const record = this.dependencies.readRecord(signed);
    if (record === null) return null;
    const user = this.userOf(record, signed);
    if (record.version > user.version) Object.assign(user, { version: record.version, newest: signed });
    const known = user.devices.size;
    for (const { device } of record.devices) {
      if (user.devices.size < LIMITS.groupDevicesPerUser) user.devices.add(device);
    }
    if (user.devices.size > known) user.provingRecords.push(signed);
    return record;
  }

  /** True iff some record of this name under this key lists the device. */
  owns(name: string, key: string, device: string): boolean {
    return this.users.get(`${name} ${key}`)?.devices.has(device) ?? false;
  }

  /** The newest record of a user, null if none is known. */
  newest(name: string, key: string): Signed | null {
    return this.users.get(`${name} ${key}`)?.newest ?? null;
  }

  /** The records from which another roster learns everything that this one knows. */
  provingRecords(): Signed[] {
    return [...this.users.values()].flatMap(({ provingRecords }) => provingRecords);
  }

  /** True iff this record names no new device, or the user has reached the limit of devices. */
  addsNothing(record: DeviceRecord): boolean {
    const user = this.users.get(`${record.name} ${record.key}`);
    if (user === undefined) return false;
    const isFull = user.devices.size >= LIMITS.groupDevicesPerUser;
    return isFull || record.devices.every(({ device }) => user.devices.has(device));
  }

  private userOf({ name, key, version }: DeviceRecord, signed: Signed): KnownUser {
    const known = this.users.get(`${name} ${key}`);
    if (known) return known;
    const user: KnownUser = { devices: new Set<string>(), version, newest: signed, provingRecords: [] };
    this.users.set(`${name} ${key}`, user);
    return user;
  }
}
