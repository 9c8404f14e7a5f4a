// The beginning of a session, or of an entry to channels, as tests write it: a hello, and what the server has signed in
// its answer.

import { CHANNEL_VERSION, type ChannelServerFrame } from '../../protocols/channels/client-protocol.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { sessionHello, type SessionHello } from '../../protocols/session/hello.js';
import type { ServerFrame } from '../../protocols/session/messages.js';
import { serverProofShape, type HelloFrame, type ServerProof } from '../../protocols/kit/server-proof/messages.js';

/** The origin of the server in tests without sockets. */
export const ORIGIN = 'http://server.test:12345';
export const NONCE = 'N'.repeat(42) + 'A';

export function hello(origin = ORIGIN): SessionHello {
  return sessionHello(NONCE, origin);
}

/** What a client requests that dialled this origin. */
export function sessionPath(origin: string): string {
  return `/v1/session?${new URLSearchParams(hello(origin)).toString()}`;
}

export function channelHello(origin = ORIGIN): HelloFrame {
  return { type: 'hello', version: CHANNEL_VERSION, nonce: NONCE, origin };
}

/** What the server has signed in its challenge. Does not verify. Throws for any other frame. */
export function offerIn(frame: ServerFrame | ChannelServerFrame | { type: 'closed' } | null | undefined): ServerProof {
  const offer = frame?.type === 'challenge' ? parseJson(frame.proof.payload) : undefined;
  if (!serverProofShape.accepts(offer)) throw new Error(`no challenge came, but ${JSON.stringify(frame)}`);
  return offer;
}

/** The claim of a client that answers this offer. */
export function claimOf({ server, origin, challenge, exporter }: ServerProof): Omit<ServerProof, 'nonce'> {
  return { server, origin, challenge, exporter };
}
