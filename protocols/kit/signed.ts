// Signed objects (protocols/directory): the exact JSON text that was signed travels with its signature and is forwarded
// unchanged.

import { Type, type Static } from './packages/typebox.js';
import { concat, parseJson, toBase64url, utf8, viewOf } from './bytes.js';
import type { Primitives, SecretKey } from './primitives.js';
import { LIMITS } from './limits.js';
import { SignatureText, type Shape } from './shapes.js';

/** Each kind of signed object has its own type, so that a signature cannot be replayed as another kind. */
export const SIGNED_TYPES = [
  'record',
  'device',
  'knock',
  'own_proofs',
  'session',
  'session_offer',
  'channel_offer',
  'server',
  'letter',
  'letter_key',
  'one_time_key',
  'unopened',
  'post',
  'post_removal',
  'post_grant',
  'group',
  'consent',
  'adopted',
  'heartbeat',
  'leave',
  'transfer',
  'vote',
  'group_message',
  'card',
  'entry',
  'channel_message',
  'direct',
  'relayed',
  'census',
  'peer_address',
] as const;
export type SignedType = (typeof SIGNED_TYPES)[number];

/** The versions of types whose content has changed, 1 for all others. No signature over an earlier version is valid. */
const VERSIONS: { readonly [T in SignedType]?: number } = { record: 2, group: 2, consent: 2 };

/** `payload`: the JSON text that was signed; `signature`: Ed25519 over `"kith/<type>/<version>\0" ‖ payload`, base64url. */
export const Signed = Type.Object(
  { payload: Type.String({ maxLength: LIMITS.signedPayloadBytes }), signature: SignatureText },
  { additionalProperties: false },
);
export type Signed = Static<typeof Signed>;

/** Signs a value as an object of this `type`. */
export function signObject(type: SignedType, value: object, key: SecretKey, primitives: Primitives): Signed {
  const payload = JSON.stringify(value);
  return { payload, signature: primitives.sign(signedBytes(type, payload), key) };
}

/**
 * The value of a signed object, or null if the signature, the JSON or the shape is not valid, or if the text is not the
 * one that `JSON.stringify` writes for the value. Verifies first.
 */
export function openSigned<T>(
  type: SignedType,
  signed: Signed,
  { key, shape, primitives }: { key: string; shape: Shape<T>; primitives: Primitives },
): T | null {
  if (!primitives.verify(signedBytes(type, signed.payload), signed.signature, key)) return null;
  const value = parseJson(signed.payload);
  return shape.accepts(value) && isCanonical(value, signed.payload) ? value : null;
}

/**
 * True iff the text has nothing beside the value (SPEC DIR-26): no spaces, no key twice, no other spelling of a string
 * or number.
 */
function isCanonical(value: unknown, payload: string): boolean {
  try {
    return JSON.stringify(value) === payload;
  } catch {
    return false; // the only thing that a parsed value makes it throw is "nested too deeply"
  }
}

/** Objects that have an id but are never signed. */
export type HashedType = 'message' | 'conversation' | 'quick' | 'sealed_letter';

/** The id of an object: the first 16 bytes of SHA-256 over `"kith/<type>/<version>\0" ‖ payload`, base64url. */
export function objectId(type: SignedType | HashedType, payload: string, primitives: Primitives): string {
  return toBase64url(viewOf(primitives.sha256(signedBytes(type, payload)), 0, 16));
}

/** The bytes that are signed or hashed: `"kith/<type>/<version>\0" ‖ payload`. */
export function signedBytes(type: SignedType | HashedType, payload: string): Uint8Array {
  const version = (VERSIONS as { readonly [type: string]: number | undefined })[type] ?? 1;
  return concat(utf8(`kith/${type}/${version}\0`), utf8(payload));
}
