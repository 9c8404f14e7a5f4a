// The proof that a client knows the invitation code of a name server [DIR-24]. The code itself never travels: a server
// at the same address that has another key, or only repeats the key, gets a proof that is useless for any other record.

import { concat, toBase64url, utf8 } from '../kit/bytes.js';
import type { Primitives } from '../kit/primitives.js';
import { hmacSha256 } from '../kit/sealing/hmac.js';
import type { Signed } from '../kit/signed.js';

/** base64url. `invitationKey`: 32 bytes, derived slowly from the code and the key of the server. */
export function invitationProof(invitationKey: Uint8Array, { payload }: Signed, primitives: Primitives): string {
  const content = concat(utf8('kith/invitation/1\0'), primitives.sha256(utf8(payload)));
  return toBase64url(hmacSha256(invitationKey, content, primitives));
}

/** True iff both proofs are equal. Takes the same time for all proofs of the same length. */
export function isSameProof(offered: string, expected: string): boolean {
  if (offered.length !== expected.length) return false;
  let difference = 0;
  for (let at = 0; at < expected.length; at += 1) difference |= offered.charCodeAt(at) ^ expected.charCodeAt(at);
  return difference === 0;
}
