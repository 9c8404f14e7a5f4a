// The handshake of a session (SPEC.md): the server proves its key for one connection first, then the client proves its
// device for the same connection.

import { parseJson, toBase64url } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Primitives, RandomSource, SecretKey } from '../kit/primitives.js';
import { Refusal, type Outcome } from '../kit/refusals.js';
import { openSigned, signObject, type Signed } from '../kit/signed.js';
import {
  serverProofShape,
  SESSION_VERSION,
  sessionProofShape,
  type ClientFrame,
  type ServerFrame,
  type ServerProof,
  type SessionProof,
} from './messages.js';

type HelloFrame = Extract<ClientFrame, { type: 'hello' }>;
type ChallengeFrame = Extract<ServerFrame, { type: 'challenge' }>;

/** What the server uses to answer a hello. `exporter`: of the connection, see `ServerProof`. */
export interface HelloContext {
  readonly serverKey: SecretKey;
  readonly exporter: string | null;
  readonly primitives: Primitives;
  readonly random: RandomSource;
  readonly isOwnOrigin: (origin: string) => boolean;
}

/** The server's answer to a hello and what it has signed in it, or the refusal that ends the session. */
export function answerHello(
  { version, nonce, origin }: HelloFrame,
  { serverKey, exporter, primitives, random, isOwnOrigin }: HelloContext,
): Outcome<{ frame: ChallengeFrame; offer: ServerProof }> {
  if (version !== SESSION_VERSION) return new Refusal('VERSION_DIFFERS', `version ${SESSION_VERSION}`);
  if (!isOwnOrigin(origin)) return new Refusal('ORIGIN_FOREIGN', origin);
  const challenge = toBase64url(random.bytes(LIMITS.sessionChallengeBytes));
  const offer: ServerProof = { server: serverKey.publicKey, origin, nonce, challenge, exporter };
  const proof = signObject('session_offer', offer, serverKey, primitives);
  return { frame: { type: 'challenge', server: serverKey.publicKey, proof }, offer };
}

/** What the client knows of its own connection. */
export interface ClientConnection {
  readonly nonce: string;
  readonly origin: string;
  readonly exporter: string | null;
}

/**
 * The server's proof, or null if the server does not hold the key that it states, or signed another connection
 * [SESS-22]. A server behind a proxy does not see the TLS connection of the client and signs no exporter.
 */
export function verifyServer(
  { server, proof }: ChallengeFrame,
  connection: ClientConnection,
  primitives: Primitives,
): ServerProof | null {
  const offer = openSigned('session_offer', proof, { key: server, shape: serverProofShape, primitives });
  if (offer === null) return null;
  const isThisConnection =
    offer.server === server &&
    offer.nonce === connection.nonce &&
    offer.origin === connection.origin &&
    (offer.exporter === null || offer.exporter === connection.exporter);
  return isThisConnection ? offer : null;
}

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
