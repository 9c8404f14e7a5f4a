// Grants: an author's signed statement that a user is a friend, which that user shows to another friend of the author
// who has the bytes (SPEC POST-28).

import type { Static } from '../kit/packages/typebox.js';
import { fromBase64url, parseJson, textOf, toBase64url, utf8 } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Instant } from '../kit/machine.js';
import type { Primitives, SecretKey } from '../kit/primitives.js';
import { compileShape, exactly, KeyText, NameText, Time } from '../kit/shapes.js';
import { openSigned, Signed, signObject } from '../kit/signed.js';

/** `key`: the friend's identity key. `until`: the expiry. */
export const Grant = exactly({ author: NameText, device: KeyText, friend: NameText, key: KeyText, until: Time });
export type Grant = Static<typeof Grant>;
export const grantShape = compileShape(Grant);
const signedShape = compileShape(Signed);

export interface Friend {
  readonly name: string;
  readonly key: string;
}

/** `devices`: the author's current devices. */
interface GrantCheck {
  readonly author: string;
  readonly devices: readonly string[];
  readonly friend: Friend;
  readonly now: Instant;
}

export function signGrant(
  { author, friend, now }: { author: string; friend: Friend; now: Instant },
  device: SecretKey,
  primitives: Primitives,
): Signed {
  const until = Math.min(now + LIMITS.postGrantMs, LIMITS.timeMax);
  const grant: Grant = { author, device: device.publicKey, friend: friend.name, key: friend.key, until };
  return signObject('post_grant', grant, device, primitives);
}

/** True iff a current device of the author signed the grant for this friend, and it has not expired. */
export function isGrantValid(
  signed: Signed,
  { author, devices, friend, now }: GrantCheck,
  primitives: Primitives,
): boolean {
  const claimed = parseJson(signed.payload);
  if (!grantShape.accepts(claimed) || !devices.includes(claimed.device)) return false;
  const grant = openSigned('post_grant', signed, { key: claimed.device, shape: grantShape, primitives });
  const isForThem = grant?.author === author && grant.friend === friend.name && grant.key === friend.key;
  return isForThem && now <= grant.until && grant.until <= now + LIMITS.postGrantMs + LIMITS.clockSkewMs;
}

/** Encodes a grant as an HTTP header value. */
export function grantHeader(signed: Signed): string {
  return toBase64url(utf8(JSON.stringify(signed)));
}

/** Decodes a grant from a header value, or returns null. The caller must verify it. */
export function readGrantHeader(value: string): Signed | null {
  const bytes = value.length <= LIMITS.postGrantHeaderBytes ? fromBase64url(value) : null;
  const text = bytes && textOf(bytes);
  const signed = text === null ? undefined : parseJson(text);
  return signedShape.accepts(signed) ? signed : null;
}
