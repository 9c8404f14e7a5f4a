// The identity in the data directory: the three keys of a user's device, or the key of a name server.

import { copyFileSync, constants } from 'node:fs';
import { join } from 'node:path';
import { makeExchangeKey, makeSigningKey, type SigningKey } from '../crypto.js';
import { readKeyFile, writeKeyFile, type Keys } from './key-file.js';

const DEVICE_KEYS = { identity: 'ed25519', device: 'ed25519', exchange: 'x25519' } as const;
const SERVER_KEYS = { server: 'ed25519' } as const;

const RETIRED = 'identity-retired.json';

/**
 * `identity` signs records only; `device` is our certificate and signature; `exchange` opens letters
 * (protocols/directory).
 */
export type Identity = Keys<typeof DEVICE_KEYS>;

/** The identity in `identity.json`, made at the first call. Throws OperationalError. */
export function openIdentity(directory: string): Identity {
  const path = join(directory, 'identity.json');
  const make = () => ({ identity: makeSigningKey(), device: makeSigningKey(), exchange: makeExchangeKey() });
  return readKeyFile(path, DEVICE_KEYS) ?? written(path, make());
}

/** Copies `identity.json` into another directory that has none. Throws the host's error. */
export function copyIdentity(from: string, to: string): void {
  copyFileSync(join(from, 'identity.json'), join(to, 'identity.json'), constants.COPYFILE_EXCL);
}

/**
 * Makes a new device: new device and exchange keys under the same identity key. Keeps the old keys in another file
 * first, so that letters to them can still be opened. Throws OperationalError.
 */
export function renewDevice(directory: string): Identity {
  const before = openIdentity(directory);
  writeKeyFile(join(directory, RETIRED), before);
  const renewed = { identity: before.identity, device: makeSigningKey(), exchange: makeExchangeKey() };
  return written(join(directory, 'identity.json'), renewed);
}

/** The keys before the last rotation, or null if there was none. Throws OperationalError. */
export function openRetiredIdentity(directory: string): Identity | null {
  return readKeyFile(join(directory, RETIRED), DEVICE_KEYS);
}

/** The name server's key in `server.json`, made at the first call. Throws OperationalError. */
export function openServerKey(directory: string): SigningKey {
  const path = join(directory, 'server.json');
  return (readKeyFile(path, SERVER_KEYS) ?? written(path, { server: makeSigningKey() })).server;
}

/** Keys are used only when they are on disk: a key that others have seen must not be lost. */
function written<K extends Parameters<typeof writeKeyFile>[1]>(path: string, keys: K): K {
  writeKeyFile(path, keys);
  return keys;
}
