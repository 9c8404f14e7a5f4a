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

/** What the server uses to answer a hello. `version`: its own. `exporter`: of the connection, see `ServerProof`. */
export interface HelloContext {
  readonly type: OfferType;
  readonly version: number;
  readonly serverKey: SecretKey;
  readonly exporter: string | null;
  readonly primitives: Primitives;
  readonly random: RandomSource;
  readonly isOwnOrigin: (origin: string) => boolean;
}

/** The server's answer to a hello and what it has signed in it, or the refusal that ends the session. */
export function answerHello(
  { version, nonce, origin }: HelloFrame,
  { serverKey, exporter, primitives, random, isOwnOrigin, ...own }: HelloContext,
): Outcome<{ frame: ChallengeFrame; offer: ServerProof }> {
  if (version !== own.version) return new Refusal('VERSION_DIFFERS', `version ${own.version}`);
  if (!isOwnOrigin(origin)) return new Refusal('ORIGIN_FOREIGN', origin);
  const challenge = toBase64url(random.bytes(LIMITS.sessionChallengeBytes));
  const offer: ServerProof = { server: serverKey.publicKey, origin, nonce, challenge, exporter };
  const proof = signObject(own.type, offer, serverKey, primitives);
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
