// The public keys of former devices, for 30 days: acknowledgements for them are still for us. No secret of a former
// device is kept: letters open with letter keys, which are in the store.

import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { Type } from '../../protocols/kit/packages/typebox.js';
import { compileShape, exactly, KeyText, Time } from '../../protocols/kit/shapes.js';
import { isDataDamage } from '../operational-error.js';
import { damagedKeys, readKeyText, writeKeyText } from './key-file.js';

export const RETIRED_KEYS_FILE = 'identity-retired.json';

/** `device`: the public key of the former device. `retiredAt`: when another device took over. */
export interface RetiredKeys {
  readonly device: string;
  readonly retiredAt: Instant;
}

const Retired = exactly({ device: KeyText, retiredAt: Time });
const retiredShape = compileShape(exactly({ devices: Type.Array(Retired) }));

/** The keys that are still good, newest first. Removes the others from the disk. Throws OperationalError. */
export function openRetiredKeys(directory: string, now: Instant): RetiredKeys[] {
  const stored = readOrMoveAside(directory);
  const good = stored.filter((keys) => isStillGood(keys, now)).slice(0, LIMITS.retiredKeysMax);
  if (good.length < stored.length) writeRetiredKeys(directory, good);
  return good;
}

/** Adds keys, each device once, and writes those that are still good. Throws OperationalError. */
export function addRetiredKeys(directory: string, added: readonly RetiredKeys[], now: Instant): void {
  const all = [...added, ...readOrMoveAside(directory)].filter((keys) => isStillGood(keys, now));
  const once = all.filter(({ device }, at) => all.findIndex((other) => other.device === device) === at);
  const newestFirst = once.sort((a, b) => b.retiredAt - a.retiredAt);
  writeRetiredKeys(directory, newestFirst.slice(0, LIMITS.retiredKeysMax));
}

/** A time in the future is that of a clock that was ahead: the keys count from now on. */
export function isStillGood({ retiredAt }: RetiredKeys, now: Instant): boolean {
  return now - retiredAt < LIMITS.retiredKeysMs;
}

/** Without these keys only letters to former devices are lost, so a damaged file does not keep the client from starting. */
function readOrMoveAside(directory: string): RetiredKeys[] {
  try {
    return readRetiredKeys(directory);
  } catch (error) {
    if (!isDataDamage(error)) throw error;
    const path = join(directory, RETIRED_KEYS_FILE);
    renameSync(path, `${path}.damaged`);
    return [];
  }
}

/** The keys in the file, however old. Throws OperationalError where it is damaged. */
export function readRetiredKeys(directory: string): RetiredKeys[] {
  const path = join(directory, RETIRED_KEYS_FILE);
  const text = readKeyText(path);
  if (text === null) return [];
  const stored = parseJson(text);
  if (!retiredShape.accepts(stored)) throw damagedKeys(path);
  return stored.devices;
}

function writeRetiredKeys(directory: string, keys: readonly RetiredKeys[]): void {
  writeKeyText(join(directory, RETIRED_KEYS_FILE), { devices: keys });
}
