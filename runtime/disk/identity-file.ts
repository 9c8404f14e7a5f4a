// The identity in the data directory: the three keys of a user's device, or the key of a name server.

import { copyFileSync, constants } from 'node:fs';
import { join } from 'node:path';
import { assert, type Instant } from '../../protocols/kit/machine.js';
import { ownProofsKey } from '../../protocols/kit/own-proofs/own-proofs.js';
import { makeExchangeKey, makeSigningKey, primitives, type ExchangeKey, type SigningKey } from '../crypto.js';
import { readKeyFile, writeKeyFile, type Keys, type LockedKey } from './key-file.js';
import { IDENTITY_FILE, isLocked, readLockedIdentity } from './locked-identity.js';
import { DataDamage, OperationalError } from '../operational-error.js';
import { addRetiredKeys, readRetiredKeys, type RetiredKeys } from './retired-keys.js';

const DEVICE_KEYS = { identity: 'ed25519', device: 'ed25519', exchange: 'x25519' } as const;
export const SERVER_KEY_FILE = 'server.json';
const SERVER_KEYS = { server: 'ed25519' } as const;

type UnlockedIdentity = Keys<typeof DEVICE_KEYS>;

/**
 * `identity` signs records only; `device` is our certificate and signature; `exchange` opens direct messages in
 * channels (protocols/directory). `ownProofsKey`: see `protocols/kit/own-proofs`.
 */
export interface Identity {
  readonly identity: SigningKey | LockedKey;
  readonly device: SigningKey;
  readonly exchange: ExchangeKey;
  readonly ownProofsKey: Uint8Array;
}

/** The identity in `identity.json`, made at the first call. Throws OperationalError. */
export function openIdentity(directory: string): Identity {
  const path = join(directory, IDENTITY_FILE);
  const locked = readLockedIdentity(directory);
  if (locked) return locked;
  const make = () => ({ identity: makeSigningKey(), device: makeSigningKey(), exchange: makeExchangeKey() });
  return withProofsKey(readKeyFile(path, DEVICE_KEYS) ?? written(path, make()));
}

function withProofsKey(keys: UnlockedIdentity): Identity {
  return { ...keys, ownProofsKey: ownProofsKey(keys.identity, primitives) };
}

/** Writes the identity with its key in the clear. Throws OperationalError. */
export function unlockIdentityFile(directory: string, { identity, device, exchange }: UnlockedIdentity): void {
  written(join(directory, IDENTITY_FILE), { identity, device, exchange });
}

/** Copies `identity.json` into another directory that has none. Throws the host's error. */
export function copyIdentity(from: string, to: string): void {
  copyFileSync(join(from, IDENTITY_FILE), join(to, IDENTITY_FILE), constants.COPYFILE_EXCL);
}

/**
 * Makes a new device: new device and exchange keys under the same identity key. Notes the public key of the old device
 * in another file first. Throws OperationalError.
 */
export function renewDevice(directory: string, now: Instant): Identity {
  const before = openIdentity(directory);
  const { identity } = before;
  assert(!isLocked(identity), 'a device is renewed only while the identity key can sign its record');
  addRetiredKeys(directory, [retired(before, now)], now);
  const renewed = { identity, device: makeSigningKey(), exchange: makeExchangeKey() };
  return withProofsKey(written(join(directory, IDENTITY_FILE), renewed));
}

/**
 * Prepares a backup in `to` to replace the files in `from`: it takes over the public keys of former devices and that of
 * the replaced device. A backup of another user takes over nothing.
 * Throws OperationalError if it cannot write.
 */
export function takeOverRetiredKeys(to: string, from: string, now: Instant): void {
  const [replaced, restored] = [from, to].map((folder) => undamaged(() => readIdentity(folder)));
  const isSameUser = !replaced || replaced.identity.publicKey === restored?.identity.publicKey;
  const former = isSameUser ? undamaged(() => readRetiredKeys(from)) : null;
  const last = replaced && isSameUser ? [retired(replaced, now)] : [];
  addRetiredKeys(to, [...last, ...(former ?? [])], now);
}

function readIdentity(directory: string): Pick<Identity, 'identity' | 'device' | 'exchange'> | null {
  return readLockedIdentity(directory) ?? readKeyFile(join(directory, IDENTITY_FILE), DEVICE_KEYS);
}

/** Null if the file is damaged: a user who restores a backup may do so because of that. */
function undamaged<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof OperationalError) return null;
    throw error;
  }
}

function retired({ device }: Pick<Identity, 'device'>, retiredAt: Instant): RetiredKeys {
  return { device: device.publicKey, retiredAt };
}

/**
 * The name server's key in `server.json`. `mayMake`: false if the server had a key before: another one would be
 * another server. Throws OperationalError.
 */
export function openServerKey(directory: string, mayMake = true): SigningKey {
  const path = join(directory, SERVER_KEY_FILE);
  const keys = readKeyFile(path, SERVER_KEYS);
  if (keys === null && !mayMake) {
    throw new DataDamage(`${path} is missing. With another key, clients would take this for another server.`);
  }
  return (keys ?? written(path, { server: makeSigningKey() })).server;
}

/** Keys are used only when they are on disk: a key that others have seen must not be lost. */
function written<K extends Parameters<typeof writeKeyFile>[1]>(path: string, keys: K): K {
  writeKeyFile(path, keys);
  return keys;
}
