// A one-time key of a device (SPEC.md): the key for one first letter, signed by the device, bound to its letter key.

import { byteLength } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Primitives, SecretKey } from '../kit/primitives.js';
import { compileShape } from '../kit/shapes.js';
import { openSigned, signObject, type Signed } from '../kit/signed.js';
import { LetterKey } from './letter-key.js';

/** As `LetterKey`; `number`: that of the letter key with which it was made, and which it expires with. */
export type OneTimeKey = LetterKey;
const oneTimeKeyShape = compileShape(LetterKey);

/** Signed as type `one_time_key`. `device`: the secret key of the device that the one-time key names. */
export function signOneTimeKey(oneTimeKey: OneTimeKey, device: SecretKey, primitives: Primitives): Signed {
  return signObject('one_time_key', oneTimeKey, device, primitives);
}

/** The one-time key, or null unless the device of this letter key signed it, for this letter key. */
export function readOneTimeKey(signed: Signed, beside: LetterKey, primitives: Primitives): OneTimeKey | null {
  if (byteLength(signed.payload) > LIMITS.letterKeyBytes) return null;
  const { device, number } = beside;
  const oneTimeKey = openSigned('one_time_key', signed, { key: device, shape: oneTimeKeyShape, primitives });
  return oneTimeKey?.device === device && oneTimeKey.number === number ? oneTimeKey : null;
}
