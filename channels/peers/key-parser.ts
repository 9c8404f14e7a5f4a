// Parses how an operator names the key of a server: the key itself, or the six words of its fingerprint (DIR-10) joined
// by `-`.

import { fingerprintWords, isFingerprint } from '../../protocols/directory/fingerprint.js';
import { Type } from '../../protocols/kit/packages/typebox.js';
import { compileShape, KeyText } from '../../protocols/kit/shapes.js';
import { primitives } from '../../runtime/crypto.js';

export const KeyOrFingerprint = Type.Union([KeyText, Type.String({ pattern: '^[a-z]{3,8}(-[a-z]{3,8}){5}$' })]);
const keyShape = compileShape(KeyText);

export function fingerprintOf(key: string): string {
  return fingerprintWords(key, primitives).replaceAll(' ', '-');
}

/** Null if it is neither a key nor six words of the fingerprint list. */
export function parseKeyOrFingerprint(typed: string): string | null {
  if (isFingerprint(typed.toLowerCase().split('-'))) return typed.toLowerCase();
  return keyShape.accepts(typed) ? typed : null;
}
