// A name server proves its key for one connection before the client proves anything (session, SESS-22, SESS-23): first
// in a session, and first in the entry to channels.

import { parseJson, toBase64url } from '../bytes.js';
import { LIMITS } from '../limits.js';
import type { Primitives, RandomSource, SecretKey } from '../primitives.js';
import { Refusal, type Outcome } from '../refusals.js';
import { openSigned, signObject } from '../signed.js';
import { serverProofShape, type ChallengeFrame, type HelloFrame, type ServerProof } from './messages.js';

/** What an offer is for. An offer for one protocol is invalid in the other. */
export type OfferType = 'session_offer' | 'channel_offer';

/** What the server uses to sign an offer. `exporter`: of the connection, see `ServerProof`. */
export interface OfferContext {
  readonly type: OfferType;
  readonly serverKey: SecretKey;
  readonly exporter: string | null;
  readonly primitives: Primitives;
  readonly random: RandomSource;
}

/** `version`: the server's own. */
export interface HelloContext extends OfferContext {
  readonly version: number;
  readonly isOwnOrigin: (origin: string) => boolean;
}

/** The server's answer to a hello, and what it has signed in it. */
export interface SignedOffer {
  readonly frame: ChallengeFrame;
  readonly offer: ServerProof;
}

/** As `signOffer`, or the refusal that ends the connection. */
export function answerHello(hello: HelloFrame, context: HelloContext): Outcome<SignedOffer> {
  if (hello.version !== context.version) return new Refusal('VERSION_DIFFERS', `version ${context.version}`);
  if (!context.isOwnOrigin(hello.origin)) return new Refusal('ORIGIN_FOREIGN', hello.origin);
  return signOffer(hello, context);
}

/** The caller has checked that the origin is the server's own. */
export function signOffer(
  { nonce, origin }: Pick<HelloFrame, 'nonce' | 'origin'>,
  { type, serverKey, exporter, primitives, random }: OfferContext,
): SignedOffer {
  const challenge = toBase64url(random.bytes(LIMITS.sessionChallengeBytes));
  const offer: ServerProof = { server: serverKey.publicKey, origin, nonce, challenge, exporter };
  const proof = signObject(type, offer, serverKey, primitives);
  return { frame: { type: 'challenge', server: serverKey.publicKey, proof }, offer };
}

/** What the client knows of its own connection. `exporter`: `hidden` in a browser, which does not show it to pages. */
export interface ClientConnection {
  readonly nonce: string;
  readonly origin: string;
  readonly exporter: string | null | { readonly type: 'hidden' };
}

/**
 * The server's proof, or null if the server does not hold the key that it states, or signed another connection
 * [SESS-22]. A server behind a proxy does not see the TLS connection of the client and signs no exporter.
 */
export function verifyServer(
  frame: ChallengeFrame,
  connection: ClientConnection,
  primitives: Primitives,
): ServerProof | null {
  const { server: key, proof } = frame;
  const isSigned = openSigned('session_offer', proof, { key, shape: serverProofShape, primitives }) !== null;
  return isSigned ? readOffer(frame, connection) : null;
}

/** The offer in a challenge if it is for this connection, else null. The caller verifies its signature. */
export function readOffer({ server, proof }: ChallengeFrame, connection: ClientConnection): ServerProof | null {
  const offer = parseJson(proof.payload);
  if (!serverProofShape.accepts(offer)) return null;
  const isThisConnection =
    offer.server === server &&
    offer.nonce === connection.nonce &&
    offer.origin === connection.origin &&
    (offer.exporter === null || isOwnExporter(offer.exporter, connection.exporter));
  return isThisConnection ? offer : null;
}

function isOwnExporter(offered: string, own: ClientConnection['exporter']): boolean {
  return own === offered || (own !== null && typeof own === 'object');
}
