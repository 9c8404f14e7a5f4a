// The notice that a letter did not open (SPEC.md), for its writer: signed by the device that could not open it.

import { byteLength } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Static } from '../kit/packages/typebox.js';
import type { Primitives, SecretKey } from '../kit/primitives.js';
import { compileShape, exactly, IdText, KeyText } from '../kit/shapes.js';
import { objectId, openSigned, signObject, type Signed } from '../kit/signed.js';

/** `device`: that could not open the letter. `letter`: the id of the sealed text. */
const UnopenedNotice = exactly({ device: KeyText, letter: IdText });
export type UnopenedNotice = Static<typeof UnopenedNotice>;
const unopenedNoticeShape = compileShape(UnopenedNotice);

/** The id of a sealed letter: of its whole text. */
export function sealedLetterId(text: string, primitives: Primitives): string {
  return objectId('sealed_letter', text, primitives);
}

/** Signed as type `unopened`. */
export function signUnopened(letter: string, device: SecretKey, primitives: Primitives): Signed {
  return signObject('unopened', { device: device.publicKey, letter }, device, primitives);
}

/** The notice, or null unless the device that it names signed it. */
export function readUnopened(signed: Signed, device: string, primitives: Primitives): UnopenedNotice | null {
  if (byteLength(signed.payload) > LIMITS.unopenedNoticeBytes) return null;
  const notice = openSigned('unopened', signed, { key: device, shape: unopenedNoticeShape, primitives });
  return notice?.device === device ? notice : null;
}
