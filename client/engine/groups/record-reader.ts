// Reads the records that groups bring. Each record is verified once.

import { readRecord } from '../../../protocols/directory/record-verification.js';
import type { DeviceRecord } from '../../../protocols/groups/log/device-roster.js';
import type { Primitives } from '../../../protocols/kit/primitives.js';
import type { Signed } from '../../../protocols/kit/signed.js';

const RECORDS_MAX = 4_096;

export function cachedRecordReader(primitives: Primitives): (signed: Signed) => DeviceRecord | null {
  const records = new Map<string, DeviceRecord | null>();
  return (signed) => {
    const known = records.get(signed.payload + signed.signature);
    if (known !== undefined) return known;
    const record = readRecord(signed, primitives);
    if (records.size >= RECORDS_MAX) records.clear();
    records.set(signed.payload + signed.signature, record);
    return record;
  };
}
