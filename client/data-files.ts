// The two files that a client cannot do without: its keys and its store. Neither is made anew beside an old half, and
// both belong to one user: the user whose record is in the store, and whose key signed it.

import { join } from 'node:path';
import { recordShape, type UserRecord } from '../protocols/directory/record.js';
import { parseJson } from '../protocols/kit/bytes.js';
import { compileShape } from '../protocols/kit/shapes.js';
import { Signed } from '../protocols/kit/signed.js';
import { fileBytes } from '../runtime/disk/folder.js';
import { openIdentity } from '../runtime/disk/identity-file.js';
import { IDENTITY_FILE } from '../runtime/disk/locked-identity.js';
import { DataDamage, OperationalError } from '../runtime/operational-error.js';
import { STORE } from './archive/archive-context.js';
import type { ClientConfig } from './config.js';
import type { TransactionalStore } from './engine/core/store.js';
import { openSqliteStore, type SqliteStore } from './store/sqlite/sqlite-store.js';

const signedShape = compileShape(Signed);

type Settings = Pick<TransactionalStore, 'setting'>;

/** Opens the store of a data directory, or makes it in an empty one. Throws DataDamage where a half is missing. */
export function openDataFiles(data: string): SqliteStore {
  const hasKeys = fileBytes(join(data, IDENTITY_FILE)) !== null;
  // SQLite takes an empty file for a new database.
  const hasStore = (fileBytes(join(data, STORE)) ?? 0) > 0;
  if (hasKeys && !hasStore) throw missing(data, STORE, IDENTITY_FILE);
  const store = openSqliteStore(join(data, STORE));
  if (hasKeys || !hasStore || !wasUsed(store)) return store;
  store.close();
  throw missing(data, IDENTITY_FILE, STORE);
}

/** A start that crashed leaves an unused store without keys. */
function wasUsed(store: SqliteStore): boolean {
  return store.setting('record') !== null || store.people().length > 0 || store.size().messages > 0;
}

function missing(data: string, name: string, other: string): DataDamage {
  return new DataDamage(`${join(data, name)} is missing or empty, and ${other} beside it is not.`);
}

/** Throws an OperationalError if the directory belongs to another user. */
export function assertOwner(store: Settings, { data, user }: Pick<ClientConfig, 'data' | 'user'>): void {
  const owner = recordOf(store)?.name ?? null;
  if (owner === null || owner === user) return;
  throw new OperationalError(
    `${data} belongs to ${owner}. Start with --user ${owner}, or choose another directory with --data.`,
  );
}

/** Throws DataDamage if the keys beside the store are not those of its user. */
export function assertOwnKeys(store: Settings, { data }: Pick<ClientConfig, 'data'>): void {
  const record = recordOf(store);
  if (record === null || record.key === openIdentity(data).identity.publicKey) return;
  throw new DataDamage(`${join(data, IDENTITY_FILE)} has other keys than the messages beside it were written with.`);
}

/** Null for a new directory. */
function recordOf(store: Settings): UserRecord | null {
  const signed = parseJson(store.setting('record') ?? '');
  const record = signedShape.accepts(signed) ? parseJson(signed.payload) : null;
  return recordShape.accepts(record) ? record : null;
}
