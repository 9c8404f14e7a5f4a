// The beginning of a connection to a name server (SESS-1, CHAN-1): the hello of the client, and what the server signs.

import { LIMITS } from '../limits.js';
import { Type, type Static } from '../packages/typebox.js';
import { compileShape, Count, exactly, KeyText } from '../shapes.js';
import { Signed } from '../signed.js';

/** Scheme, host and port of a server (RFC 6454), as `URL.origin` writes it. */
export const OriginText = Type.String({ maxLength: LIMITS.originCharacters, pattern: '^https?://[^/?#@\\s]+$' });

/**
 * Keying material of the TLS connection (RFC 9266 style, label `EXPORTER-kith-session`), base64url. Null if this end
 * does not see TLS 1.3: over plain HTTP, or behind a proxy.
 */
export const ExporterText = Type.Union([KeyText, Type.Null()]);

/**
 * The server signs this, as type `session_offer` or `channel_offer`: its key speaks for this origin, to
 * this client, on this connection.
 */
export const ServerProof = exactly({
  server: KeyText,
  origin: OriginText,
  /** Of the client's hello. */
  nonce: KeyText,
  challenge: KeyText,
  exporter: ExporterText,
});
export type ServerProof = Static<typeof ServerProof>;
export const serverProofShape = compileShape(ServerProof);

/** The first frame of a channel client. `nonce`: 32 fresh random bytes; `origin`: the one that the client dialled. */
export const HelloFrame = exactly({
  type: Type.Literal('hello'),
  version: Count,
  nonce: KeyText,
  origin: OriginText,
});
export type HelloFrame = Static<typeof HelloFrame>;

/** The answer to a hello. `proof`: a `ServerProof`, signed by `server`. */
export const ChallengeFrame = exactly({ type: Type.Literal('challenge'), server: KeyText, proof: Signed });
export type ChallengeFrame = Static<typeof ChallengeFrame>;
