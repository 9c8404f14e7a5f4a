// Reads the records of members in the simulation. Verifying one is slow, and each is read many times.

import { readRecord } from '../../../protocols/directory/record-verification.js';
import type { DeviceRecord } from '../../../protocols/groups/log/device-roster.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { fakePrimitives } from '../kernel/fake-primitives.js';

/** Verifies each record once. */
export function cachedRecordReader(): (signed: Signed) => DeviceRecord | null {
  const known = new Map<string, DeviceRecord | null>();
  return (signed) => {
    const name = signed.payload + signed.signature;
    const record = known.get(name);
    if (record !== undefined) return record;
    const read = readRecord(signed, fakePrimitives);
    known.set(name, read);
    return read;
  };
}
