// A file of secret keys: written atomically, readable only by its owner, refused if it is damaged.

import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { compileShape, exactly, KeyText } from '../../protocols/kit/shapes.js';
import { exportSecret, importSecret, type HeldKey, type KeyAlgorithm } from '../crypto.js';
import { DataDamage, operationalError, type OperationalError } from '../operational-error.js';
import { writeFileAtomically } from './atomic-file.js';
import { readTextFile } from './text-file.js';

/** The names and algorithms of the keys in a file. */
export type KeyScheme = Readonly<Record<string, KeyAlgorithm>>;

/** The keys of a scheme. */
export type Keys<Scheme extends KeyScheme> = { readonly [Name in keyof Scheme]: HeldKey<Scheme[Name]> };

/**
 * The keys in the file, or null where there is no file. Throws OperationalError where it cannot be read or is damaged.
 */
export function readKeyFile<Scheme extends KeyScheme>(path: string, scheme: Scheme): Keys<Scheme> | null {
  const text = readKeyText(path);
  if (text === null) return null;
  const shape = compileShape(exactly(Object.fromEntries(Object.keys(scheme).map((name) => [name, KeyText]))));
  const secrets = parseJson(text);
  if (!shape.accepts(secrets)) throw damagedKeys(path);
  const keys = Object.entries(scheme).map(([name, algorithm]) => [name, importSecret(algorithm, secrets[name] ?? '')]);
  if (keys.some(([, key]) => key === null)) throw damagedKeys(path);
  return Object.fromEntries(keys) as Keys<Scheme>;
}

/** Writes the keys, replacing what the file held. Throws OperationalError where that is impossible. */
export function writeKeyFile(path: string, keys: Readonly<Record<string, HeldKey<KeyAlgorithm>>>): void {
  writeKeyText(path, Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, exportSecret(key)])));
}

/** The text of a file of keys, or null where there is no file. Throws OperationalError. */
export function readKeyText(path: string): string | null {
  return readTextFile(path, LIMITS.keyFileBytes);
}

/** Writes secrets as JSON, readable only by their owner. Throws OperationalError. */
export function writeKeyText(path: string, secrets: object): void {
  try {
    writeFileAtomically(path, `${JSON.stringify(secrets, null, 2)}\n`);
  } catch (error) {
    throw operationalError(path, error);
  }
}

/** A key whose secret half is not here, or not in the clear. */
export interface LockedKey {
  readonly publicKey: string;
}

export function damagedKeys(path: string): OperationalError {
  return new DataDamage(`${path}: these keys are damaged, and the same keys cannot be made again.`);
}
