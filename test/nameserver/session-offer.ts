// The beginning of a session as tests write it: a hello, and what the server has signed in its answer.

import { parseJson } from '../../protocols/kit/bytes.js';
import {
  serverProofShape,
  SESSION_VERSION,
  type ClientFrame,
  type ServerFrame,
  type ServerProof,
} from '../../protocols/session/messages.js';

/** The origin of the server in tests without sockets. */
export const ORIGIN = 'http://server.test:12345';
export const NONCE = 'N'.repeat(42) + 'A';

export function hello(origin = ORIGIN): Extract<ClientFrame, { type: 'hello' }> {
  return { type: 'hello', version: SESSION_VERSION, nonce: NONCE, origin };
}

/** What the server has signed in its challenge. Does not verify. Throws for any other frame. */
export function offerIn(frame: ServerFrame | { type: 'closed' } | null | undefined): ServerProof {
  const offer = frame?.type === 'challenge' ? parseJson(frame.proof.payload) : undefined;
  if (!serverProofShape.accepts(offer)) throw new Error(`no challenge came, but ${JSON.stringify(frame)}`);
  return offer;
}

/** The claim of a client that answers this offer. */
export function claimOf({ server, origin, challenge, exporter }: ServerProof): Omit<ServerProof, 'nonce'> {
  return { server, origin, challenge, exporter };
}
