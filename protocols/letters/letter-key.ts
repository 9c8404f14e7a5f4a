// The letter key of a device (SPEC.md): the key to which letters are sealed, signed by the device, a new one each week.

import { byteLength } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import { Type, type Static } from '../kit/packages/typebox.js';
import type { Primitives, SecretKey } from '../kit/primitives.js';
import { compileShape, exactly, KeyText, Time } from '../kit/shapes.js';
import { openSigned, signObject, type Signed } from '../kit/signed.js';

/** `key`: public X25519 key. `number`: rises by one with each key of the device. `at`: when the key was made. */
export const LetterKey = exactly({
  device: KeyText,
  number: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  key: KeyText,
  at: Time,
});
export type LetterKey = Static<typeof LetterKey>;
const letterKeyShape = compileShape(LetterKey);

/** Signed as type `letter_key`. `device`: the secret key of the device that the letter key names. */
export function signLetterKey(letterKey: LetterKey, device: SecretKey, primitives: Primitives): Signed {
  return signObject('letter_key', letterKey, device, primitives);
}

/** The letter key, or null unless this device signed it for itself. */
export function readLetterKey(signed: Signed, device: string, primitives: Primitives): LetterKey | null {
  if (byteLength(signed.payload) > LIMITS.letterKeyBytes) return null;
  const letterKey = openSigned('letter_key', signed, { key: device, shape: letterKeyShape, primitives });
  return letterKey?.device === device ? letterKey : null;
}
