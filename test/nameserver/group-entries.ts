// Makes the entries of a group's log, as the client of its leader would.

import type { LogEntry, EntryOp } from '../../protocols/groups/entry.js';
import { objectId, signObject, type Signed } from '../../protocols/kit/signed.js';
import { primitives } from '../../runtime/crypto.js';
import type { Person } from './person.js';

const ID = 'A'.repeat(22);

/** The next entry of a group, signed by a user; entry 0 if there is none before. */
export function entry(by: Person, op: EntryOp, before: Signed | null = null): Signed {
  const place = before === null ? { group: null, index: 0, previous: null } : after(before);
  const device = by.device;
  const value: LogEntry = { ...place, term: 0, op, at: 1, by: by.name, device };
  return signObject('group', value, by.deviceKey, primitives);
}

function after(before: Signed) {
  const { index, group } = JSON.parse(before.payload) as LogEntry;
  const previous = objectId('group', before.payload, primitives);
  return { group: group ?? previous, index: index + 1, previous };
}

/** Entry 0 of a group. */
export function foundation(by: Person, name: string, isPublic = true): Signed {
  const policy = { deputies: [], history: 'all' as const, join: 'ask' as const };
  return entry(by, { do: 'create', name, public: isPublic, nonce: ID, record: by.record(), policy, cites: null });
}
