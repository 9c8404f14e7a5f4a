// The secret half of the identity key, sealed under a passphrase: in the identity file, or in a file of its own.

import { concat, textOf, utf8, viewOf } from '../../../protocols/kit/bytes.js';
import { exportSecret, importSecret, primitives, type SigningKey } from '../../../runtime/crypto.js';
import type { ScryptCost } from '../../../runtime/key-derivation.js';
import { BackupError } from '../backup-error.js';
import { IDENTITY_MAGIC } from '../backup-header.js';
import { newLock, openedLock } from './passphrase-lock.js';

/** The lock has a salt of its own, so its key seals one text only. */
const NONCE = new Uint8Array(12);

export async function sealIdentity(key: SigningKey, passphrase: string, cost: ScryptCost): Promise<Uint8Array> {
  const lock = await newLock(passphrase, cost, IDENTITY_MAGIC);
  return concat(lock.header, primitives.aeadSeal(lock.key, NONCE, lock.header, utf8(exportSecret(key))));
}

/** Throws BackupError. */
export async function openIdentityKey(sealed: Uint8Array, passphrase: string): Promise<SigningKey> {
  const { key, header } = await openedLock(passphrase, sealed, IDENTITY_MAGIC);
  const plain = primitives.aeadOpen(key, NONCE, header, viewOf(sealed, header.length));
  const opened = plain && importSecret('ed25519', textOf(plain) ?? '');
  if (!opened) throw new BackupError('BACKUP_DAMAGED');
  return opened;
}
