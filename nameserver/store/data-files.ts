// The pair of files that a name server cannot do without: its key and its database. Neither is made anew beside an old
// half.

import { join } from 'node:path';
import type { SigningKey } from '../../runtime/crypto.js';
import { fileBytes } from '../../runtime/disk/folder.js';
import { openServerKey, SERVER_KEY_FILE } from '../../runtime/disk/identity-file.js';
import { DataDamage, isDataDamage, operationalError } from '../../runtime/operational-error.js';
import type { NameServerConfig } from '../config.js';
import { MemoryRegistryStore } from './memory-registry-store.js';
import type { RegistryStore } from './registry-store.js';
import { SqliteRegistryStore } from './sqlite-registry-store.js';

const DATABASE = 'nameserver.db';

/** Throws OperationalError with what the operator can type. */
export function openDataFiles({ store: kind, data }: Pick<NameServerConfig, 'store' | 'data'>): {
  readonly key: SigningKey;
  readonly store: RegistryStore;
} {
  if (kind === 'memory') return { key: openKey(data, true), store: new MemoryRegistryStore() };
  const path = join(data, DATABASE);
  const hasKey = fileBytes(join(data, SERVER_KEY_FILE)) !== null;
  if (hasKey && (fileBytes(path) ?? 0) === 0) {
    throw new DataDamage(`${path} is missing or empty, and ${SERVER_KEY_FILE} beside it is not. ${remedy(data)}`);
  }
  const store = openStore(data);
  try {
    return { key: openKey(data, hasKey || !store.hasUsers()), store };
  } catch (error) {
    store.close();
    throw databaseError(data, error);
  }
}

function openKey(data: string, mayMake: boolean): SigningKey {
  try {
    return openServerKey(data, mayMake);
  } catch (error) {
    if (!(error instanceof DataDamage)) throw error;
    throw new DataDamage(`${error.message} To go on with a backup, type: cp BACKUP/${SERVER_KEY_FILE} ${data}`);
  }
}

/** One line about a trouble of the database, with what the operator can type. */
export function databaseError(data: string, error: unknown): Error {
  if (error instanceof DataDamage || !isDataDamage(error)) return operationalError(join(data, DATABASE), error);
  return new DataDamage(`${join(data, DATABASE)} is damaged. ${remedy(data)}`, { cause: error });
}

function openStore(data: string): SqliteRegistryStore {
  try {
    return new SqliteRegistryStore(join(data, DATABASE));
  } catch (error) {
    throw databaseError(data, error);
  }
}

function remedy(data: string): string {
  const aside = `mv ${data} ${data}.before`;
  return `To go on with a backup, type: ${aside} && cp -r BACKUP ${data}. To begin as a new server, type: ${aside}`;
}
