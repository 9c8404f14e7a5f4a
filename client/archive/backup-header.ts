// The header of a backup: the format, and the parameters for deriving its key from the passphrase (docs/backup.md).

import { concat, utf8, viewOf } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { primitives } from '../../runtime/crypto.js';
import { scryptMemoryBytes, type ScryptCost } from '../../runtime/key-derivation.js';
import { BackupError } from './backup-error.js';

/** `check`: derived with the key, so that a wrong passphrase is noticed. */
export interface BackupHeader {
  readonly cost: ScryptCost;
  readonly salt: Uint8Array;
  readonly check: Uint8Array;
}

/** The first bytes of a backup, and of a sealed identity key. */
export const BACKUP_MAGIC = utf8('kithbak1');
export const IDENTITY_MAGIC = utf8('kithkey1');
const COST_BYTES = 3;
export const SALT_BYTES = 16;
export const CHECK_BYTES = 16;
const DIGEST_BYTES = 8;
export const HEADER_BYTES = BACKUP_MAGIC.length + COST_BYTES + SALT_BYTES + CHECK_BYTES + DIGEST_BYTES;

export function headerBytes({ cost, salt, check }: BackupHeader, magic: Uint8Array): Uint8Array {
  const fields = concat(magic, Uint8Array.of(cost.costLog2, cost.blocks, cost.lanes), salt, check);
  return concat(fields, digestOf(fields));
}

/** Parses the header. Throws BackupError. */
export function readHeader(bytes: Uint8Array, magic: Uint8Array): BackupHeader {
  if (!isSame(viewOf(bytes, 0, magic.length), magic)) throw new BackupError('BACKUP_UNKNOWN');
  const fields = viewOf(bytes, 0, HEADER_BYTES - DIGEST_BYTES);
  if (!isSame(viewOf(bytes, fields.length), digestOf(fields))) throw new BackupError('BACKUP_DAMAGED');
  const [costLog2 = 0, blocks = 0, lanes = 0, ...rest] = viewOf(fields, magic.length);
  const cost = { costLog2, blocks, lanes };
  if (!isAcceptable(cost)) throw new BackupError('BACKUP_UNKNOWN');
  const salt = Uint8Array.from(rest.slice(0, SALT_BYTES));
  return { cost, salt, check: Uint8Array.from(rest.slice(SALT_BYTES)) };
}

/** Tells a damaged header from a wrong passphrase. It does not protect against forgery: the cipher does. */
function digestOf(fields: Uint8Array): Uint8Array {
  return viewOf(primitives.sha256(fields), 0, DIGEST_BYTES);
}

export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** Checked, because the file decides how much memory the derivation of its key takes. */
function isAcceptable(cost: ScryptCost): boolean {
  const { costLog2, blocks, lanes } = cost;
  const isKnown =
    costLog2 >= LIMITS.scryptCostLog2Min && blocks >= 1 && lanes >= 1 && lanes <= LIMITS.scryptParallelismMax;
  return isKnown && scryptMemoryBytes(cost) <= LIMITS.scryptMemoryBytes;
}
