// The key that a passphrase opens, and the header that its file begins with.

import { viewOf } from '../../../protocols/kit/bytes.js';
import { deriveKey, type ScryptCost } from '../../../runtime/key-derivation.js';
import { random } from '../../../runtime/sources.js';
import { BackupError } from '../backup-error.js';
import { CHECK_BYTES, HEADER_BYTES, headerBytes, isSame, readHeader, SALT_BYTES } from '../backup-header.js';

const KEY_BYTES = 32;

export interface PassphraseLock {
  readonly header: Uint8Array;
  readonly key: Uint8Array;
}

/** `magic`: the first bytes of files of this kind. */
export async function newLock(passphrase: string, cost: ScryptCost, magic: Uint8Array): Promise<PassphraseLock> {
  const salt = random.bytes(SALT_BYTES);
  const { key, check } = await keyOf(passphrase, salt, cost);
  return { key, header: headerBytes({ cost, salt, check }, magic) };
}

/** The lock of a file that begins with these bytes. Throws BackupError. */
export async function openedLock(passphrase: string, file: Uint8Array, magic: Uint8Array): Promise<PassphraseLock> {
  const header = viewOf(file, 0, HEADER_BYTES);
  const { cost, salt, check } = readHeader(header, magic);
  const made = await keyOf(passphrase, salt, cost);
  if (!isSame(made.check, check)) throw new BackupError('PASSPHRASE_WRONG');
  return { header, key: made.key };
}

async function keyOf(passphrase: string, salt: Uint8Array, cost: ScryptCost) {
  const bytes = await deriveKey(passphrase, salt, cost, KEY_BYTES + CHECK_BYTES);
  return { key: viewOf(bytes, 0, KEY_BYTES), check: viewOf(bytes, KEY_BYTES) };
}
