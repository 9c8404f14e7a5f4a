// Which devices may sign for a member (SPEC GROUP-5, GROUP-47, GROUP-49).

import { LIMITS } from '../../kit/limits.js';
import { hasSameDevices, type DeviceRecord, type DeviceRoster, type NewestRecord } from './device-roster.js';

/**
 * `since`: the index of the entry that added the member. `admissionId`: the id of the consent in that entry; for the
 * founder the id of the group. `version`, `devices`: of the last record of the member in the log. `changes`: the number
 * of `devices` entries.
 */
export interface Member {
  readonly user: string;
  readonly key: string;
  readonly since: number;
  readonly admissionId: string;
  readonly version: number;
  readonly devices: ReadonlySet<string>;
  readonly changes: number;
}

/** True iff the log lists the device as of this entry, or a newer record has added it. */
export function mayUse(member: Member, device: string, roster: DeviceRoster): boolean {
  return member.devices.has(device) || (roster.firstVersion(member.user, member.key, device) ?? 0) > member.version;
}

/** True iff a known record is newer than the one in the log and does not list the device. */
export function isReplaced(member: Member, device: string, roster: DeviceRoster): boolean {
  const newest = roster.newest(member.user, member.key);
  return newest !== null && newest.version > member.version && !newest.devices.has(device);
}

/** The newest known record of a member, if it has other devices than the log and an entry can say so; else null. */
export function newerRecordOf(member: Member, roster: DeviceRoster): NewestRecord | null {
  const newest = roster.newest(member.user, member.key);
  if (newest === null || newest.version <= member.version || isSameSet(newest.devices, member.devices)) return null;
  return member.changes < LIMITS.groupDevicesPerUser ? newest : null;
}

/** The member after a `devices` entry with this record; a text says why the entry is invalid. */
export function renewed(member: Member, record: DeviceRecord | null): Member | string {
  if (record?.name !== member.user || record.key !== member.key) return 'the record belongs to another user';
  if (record.version <= member.version || hasSameDevices(record, member.devices)) return 'the record changes no device';
  if (member.changes >= LIMITS.groupDevicesPerUser) return 'the devices of the member changed too often';
  return { ...member, ...devicesOf(record), changes: member.changes + 1 };
}

/** The fields of a member that come from its record. */
export function devicesOf({ version, devices }: DeviceRecord): Pick<Member, 'version' | 'devices'> {
  return { version, devices: new Set(devices.map(({ device }) => device)) };
}

function isSameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((device) => b.has(device));
}
