// Whose devices are whose (SPEC GROUP-5): every record of a group's people, old ones too, because what a retired device
// signed while it was theirs stays theirs.

import { LIMITS } from '../../kit/limits.js';
import type { Primitives } from '../../kit/primitives.js';
import type { Signed } from '../../kit/signed.js';

/** What a record says. */
export interface DeviceRecord {
  readonly name: string;
  readonly key: string;
  readonly version: number;
  readonly devices: readonly { readonly device: string }[];
}

/** What the log borrows: cryptography, and the judge of records. */
export interface LogDependencies {
  readonly primitives: Primitives;
  /** What a record says, or null where it is not signed by the key that it names. */
  readonly readRecord: (signed: Signed) => DeviceRecord | null;
}

interface Person {
  readonly devices: Set<string>;
  version: number;
  newest: Signed;
  /** Each that named a device for the first time: together they prove whose every device is. */
  readonly proving: Signed[];
}

export class DeviceRoster {
  private readonly people = new Map<string, Person>();

  constructor(private readonly dependencies: LogDependencies) {}

  /** Learns a record; what it says, or null where it proves nothing. */
  learn(signed: Signed): DeviceRecord | null {
    const papers = this.dependencies.readRecord(signed);
    if (papers === null) return null;
    const person = this.person(papers, signed);
    if (papers.version > person.version) Object.assign(person, { version: papers.version, newest: signed });
    const known = person.devices.size;
    for (const { device } of papers.devices) {
      if (person.devices.size < LIMITS.groupDevicesPerUser) person.devices.add(device);
    }
    if (person.devices.size > known) person.proving.push(signed);
    return papers;
  }

  /** True iff a record under this key, for this name, lists or listed the device. */
  owns(name: string, key: string, device: string): boolean {
    return this.people.get(`${name} ${key}`)?.devices.has(device) ?? false;
  }

  /** The newest record of somebody, null where none is known. */
  newest(name: string, key: string): Signed | null {
    return this.people.get(`${name} ${key}`)?.newest ?? null;
  }

  /** Every record it takes to know what is known here. */
  provingRecords(): Signed[] {
    return [...this.people.values()].flatMap(({ proving: teaching }) => teaching);
  }

  /** True iff this record would teach nothing: who has shown as many devices as are remembered shows no more. */
  addsNothing(papers: DeviceRecord): boolean {
    const person = this.people.get(`${papers.name} ${papers.key}`);
    if (person === undefined) return false;
    const isFull = person.devices.size >= LIMITS.groupDevicesPerUser;
    return isFull || papers.devices.every(({ device }) => person.devices.has(device));
  }

  private person({ name, key, version }: DeviceRecord, signed: Signed): Person {
    const known = this.people.get(`${name} ${key}`);
    if (known) return known;
    const person: Person = { devices: new Set<string>(), version, newest: signed, proving: [] };
    this.people.set(`${name} ${key}`, person);
    return person;
  }
}
