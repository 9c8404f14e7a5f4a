// The cheap checks of a publication for a listed group: they read single entries, and verify one signature at most.
// What they refuse never makes the server read the whole log [LOAD-13].

import { peekEntry } from '../../protocols/groups/log/applied-entry.js';
import type { Publication } from '../../protocols/groups/frames.js';
import type { Listing } from '../../protocols/groups/log/listing.js';
import { logEntryShape } from '../../protocols/groups/entry.js';
import type { Primitives } from '../../protocols/kit/primitives.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import { objectId, openSigned, type Signed } from '../../protocols/kit/signed.js';
import type { RegistryStore } from '../store/registry-store.js';

export interface CheckDependencies {
  readonly store: Pick<RegistryStore, 'groupEntry' | 'devices'>;
  readonly primitives: Primitives;
}

/** `known`: the server has all of it. `new`: the log must be read to judge it. */
export function checkPublication(
  listing: Listing,
  offered: Publication,
  { store, primitives }: CheckDependencies,
): Outcome<'known' | 'new'> {
  const { name, group, head } = listing;
  const { from, entries, proofs, records } = offered;
  if (from > head.index + 1) return new Refusal('GROUP_STALE', name);
  const shared = entries.findIndex((signed, nth) => store.groupEntry(name, from + nth)?.payload !== signed.payload);
  const next = entries[shared];
  if (next === undefined) return proofs.length === 0 && records.length === 0 ? 'known' : 'new';
  if (from + shared === 0) return new Refusal('GROUP_TAKEN', name);
  const before = store.groupEntry(name, from + shared - 1);
  const isNext = before !== null && follows(next, { group, before, index: from + shared, primitives });
  if (!isNext) return new Refusal('GROUP_STALE', name);
  return isSignedByDevice(next, { store, primitives }) ? 'new' : new Refusal('GROUP_STALE', name);
}

interface Place {
  readonly group: string;
  readonly before: Signed;
  readonly index: number;
  readonly primitives: Primitives;
}

function follows(signed: Signed, { group, before, index, primitives }: Place): boolean {
  const entry = peekEntry(signed);
  if (entry?.group !== group || entry.index !== index) return false;
  return entry.previous === objectId('group', before.payload, primitives);
}

/** An author who has unregistered has no devices here: the log then knows them. */
function isSignedByDevice(signed: Signed, { store, primitives }: CheckDependencies): boolean {
  const entry = peekEntry(signed);
  if (entry === null) return false;
  const devices = store.devices(entry.by);
  if (devices.length > 0 && !devices.some(({ device }) => device === entry.device)) return false;
  return openSigned('group', signed, { key: entry.device, shape: logEntryShape, primitives }) !== null;
}
