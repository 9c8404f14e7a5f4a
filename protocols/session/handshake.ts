// The proof of the client in the handshake of a session (SPEC.md). The server has proven its key before
// (kit/server-proof).

import { parseJson } from '../kit/bytes.js';
import type { Primitives } from '../kit/primitives.js';
import { Refusal, type Outcome } from '../kit/refusals.js';
import { openSigned, type Signed } from '../kit/signed.js';
import type { ServerProof } from '../kit/server-proof/messages.js';
import { sessionProofShape, type SessionProof } from './messages.js';

/** `offer`: what the server signed for this session. `devicesOf`: null if the name is not registered. */
export interface ProofContext {
  readonly offer: ServerProof;
  readonly primitives: Primitives;
  devicesOf(name: string): readonly string[] | null;
  /** The last boot number, 0 if none. */
  bootOf(name: string, device: string): number;
}

/** Returns the verified proof of the client, or the refusal that ends the session. */
export function verifyProof(signed: Signed, context: ProofContext): Outcome<SessionProof> {
  // The unverified claim only selects the key for the verification below.
  const claim = parseJson(signed.payload);
  if (!sessionProofShape.accepts(claim)) return new Refusal('MALFORMED', 'the payload is not a session proof');
  const { name, device } = claim;
  const devices = context.devicesOf(name);
  if (devices === null) return new Refusal('USER_UNKNOWN', name);
  if (!isForOffer(claim, context.offer) || !devices.includes(device)) return new Refusal('SESSION_REFUSED', name);
  const proof = openSigned('session', signed, {
    key: device,
    shape: sessionProofShape,
    primitives: context.primitives,
  });
  if (proof === null) return new Refusal('SESSION_REFUSED', name);
  return proof.boot > context.bootOf(name, device) ? proof : new Refusal('RESTORED', name);
}

/** True iff the client proves itself to this server, under this origin and for this connection [SESS-2]. */
function isForOffer(claim: SessionProof, offer: ServerProof): boolean {
  return (
    claim.server === offer.server &&
    claim.origin === offer.origin &&
    claim.challenge === offer.challenge &&
    claim.exporter === offer.exporter
  );
}
