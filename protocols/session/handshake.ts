// The server's side of the handshake (SPEC.md): verifies that a device of the user signed this challenge.

import { parseJson } from '../kit/bytes.js';
import type { Primitives } from '../kit/primitives.js';
import { Refusal, type Outcome } from '../kit/refusals.js';
import { openSigned, type Signed } from '../kit/signed.js';
import { sessionProofShape, type SessionProof } from './messages.js';

/** `devicesOf`: null if the name is not registered. `bootOf`: the last boot number, 0 if none. */
export interface HandshakeContext {
  readonly server: string;
  readonly challenge: string;
  readonly primitives: Primitives;
  devicesOf(name: string): readonly string[] | null;
  bootOf(name: string, device: string): number;
}

/** Returns the verified proof, or the refusal that ends the session. */
export function verifyProof(signed: Signed, context: HandshakeContext): Outcome<SessionProof> {
  // The unverified claim only selects the key for the verification below.
  const claim = parseJson(signed.payload);
  if (!sessionProofShape.accepts(claim)) return new Refusal('MALFORMED', 'the payload is not a session proof');
  const { name, device } = claim;
  const devices = context.devicesOf(name);
  if (devices === null) return new Refusal('USER_UNKNOWN', name);
  if (claim.server !== context.server || claim.challenge !== context.challenge || !devices.includes(device)) {
    return new Refusal('SESSION_REFUSED', name);
  }
  const proof = openSigned('session', signed, {
    key: device,
    shape: sessionProofShape,
    primitives: context.primitives,
  });
  if (proof === null) return new Refusal('SESSION_REFUSED', name);
  return proof.boot > context.bootOf(name, device) ? proof : new Refusal('RESTORED', name);
}
