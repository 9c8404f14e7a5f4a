// The server's side of the greeting (SPEC.md): does this proof answer our challenge, by a device of that user?

import { parseJson } from '../kit/bytes.js';
import type { Primitives } from '../kit/primitives.js';
import { Refusal, type Outcome } from '../kit/refusals.js';
import { openSigned, type Signed } from '../kit/signed.js';
import { sessionProofShape, type SessionProof } from './messages.js';

/** What the server knows. `devicesOf`: null where nobody has the name; `bootOf`: the last boot seen, 0 for none. */
export interface HandshakeContext {
  readonly server: string;
  readonly challenge: string;
  readonly primitives: Primitives;
  devicesOf(name: string): readonly string[] | null;
  bootOf(name: string, device: string): number;
}

/** Who the session belongs to, or why it is over. */
export function verifyProof(signed: Signed, facts: HandshakeContext): Outcome<SessionProof> {
  // The claim is read before it is proven only to learn which key has to prove it.
  const claim = parseJson(signed.payload);
  if (!sessionProofShape.accepts(claim)) return new Refusal('MALFORMED', 'the payload is not a session proof');
  const { name, device } = claim;
  const devices = facts.devicesOf(name);
  if (devices === null) return new Refusal('USER_UNKNOWN', name);
  if (claim.server !== facts.server || claim.challenge !== facts.challenge || !devices.includes(device)) {
    return new Refusal('SESSION_REFUSED', name);
  }
  const proof = openSigned('session', signed, { key: device, shape: sessionProofShape, primitives: facts.primitives });
  if (proof === null) return new Refusal('SESSION_REFUSED', name);
  return proof.boot > facts.bootOf(name, device) ? proof : new Refusal('RESTORED', name);
}
