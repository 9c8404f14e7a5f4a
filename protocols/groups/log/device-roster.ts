// The records of the users of a group, and which devices they list (SPEC GROUP-5). Records of the past count too: what
// a replaced device signed before it was replaced stays valid.

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

/** The newest known record of a user. */
export interface NewestRecord {
  readonly version: number;
  readonly devices: ReadonlySet<string>;
  readonly signed: Signed;
}

interface KnownUser {
  /** For each device the version of the oldest known record that lists it. */
  readonly devices: Map<string, number>;
  newest: NewestRecord;
  /** The records that first named some device: together they prove the owner of each device. */
  readonly provingRecords: Signed[];
}

export class DeviceRoster {
  /** Rises with each record that is learned. */
  revision = 0;
  private readonly users = new Map<string, KnownUser>();

  constructor(private readonly dependencies: LogDependencies) {}

  /** Learns a record; its content, null if it is not valid. */
  learn(signed: Signed): DeviceRecord | null {
    const record = this.dependencies.readRecord(signed);
    if (record === null) return null;
    const user = this.userOf(record, signed);
    this.revision += 1;
    if (record.version > user.newest.version) user.newest = newestOf(record, signed);
    const known = user.devices.size;
    for (const { device } of record.devices) {
      const first =
        user.devices.get(device) ?? (user.devices.size < LIMITS.groupDevicesPerUser ? record.version : null);
      if (first !== null) user.devices.set(device, Math.min(first, record.version));
    }
    if (user.devices.size > known) user.provingRecords.push(signed);
    return record;
  }

  /** True iff some record of this name under this key lists the device. */
  owns(name: string, key: string, device: string): boolean {
    return this.firstVersion(name, key, device) !== null;
  }

  /** The version of the oldest known record of this name under this key that lists the device; null if none does. */
  firstVersion(name: string, key: string, device: string): number | null {
    return this.users.get(`${name} ${key}`)?.devices.get(device) ?? null;
  }

  /** True iff the device exceeds the limit of its user, so that members ignore what it signs (SPEC GROUP-59). */
  isBeyondRoom(name: string, key: string, device: string): boolean {
    const devices = this.users.get(`${name} ${key}`)?.devices;
    return devices !== undefined && devices.size >= LIMITS.groupDevicesPerUser && !devices.has(device);
  }

  /** The newest record of a user, null if none is known. */
  newest(name: string, key: string): NewestRecord | null {
    return this.users.get(`${name} ${key}`)?.newest ?? null;
  }

  /** The records from which another roster learns everything that this one knows. */
  provingRecords(): Signed[] {
    return [...this.users.values()].flatMap(({ provingRecords, newest }) => {
      return provingRecords.includes(newest.signed) ? provingRecords : [...provingRecords, newest.signed];
    });
  }

  /** True iff this record names no new device, and does not replace the newest record by one with other devices. */
  addsNothing(record: DeviceRecord): boolean {
    const user = this.users.get(`${record.name} ${record.key}`);
    if (user === undefined) return false;
    const isFull = user.devices.size >= LIMITS.groupDevicesPerUser;
    const hasNone = isFull || record.devices.every(({ device }) => user.devices.has(device));
    return hasNone && (record.version <= user.newest.version || hasSameDevices(record, user.newest.devices));
  }

  private userOf(record: DeviceRecord, signed: Signed): KnownUser {
    const name = `${record.name} ${record.key}`;
    const known = this.users.get(name);
    if (known) return known;
    const user: KnownUser = { devices: new Map(), newest: newestOf(record, signed), provingRecords: [] };
    this.users.set(name, user);
    return user;
  }
}

export function hasSameDevices({ devices }: Pick<DeviceRecord, 'devices'>, others: ReadonlySet<string>): boolean {
  return devices.length === others.size && devices.every(({ device }) => others.has(device));
}

function newestOf({ version, devices }: DeviceRecord, signed: Signed): NewestRecord {
  return { version, devices: new Set(devices.map(({ device }) => device)), signed };
}
