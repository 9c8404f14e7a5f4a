// Frames of the name server's session (protocols/session): JSON objects over one WebSocket, `GET /v1/session`.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, Count, IdText, KeyText, NameText, Time } from '../kit/shapes.js';
import { LIMITS } from '../kit/limits.js';
import { Signed } from '../kit/signed.js';

/** What the client signs as `session`: bound to this server and challenge, so that no other server can replay it. */
export const SessionProof = exactly({
  server: KeyText,
  challenge: KeyText,
  name: NameText,
  device: KeyText,
  boot: Count,
});
export type SessionProof = Static<typeof SessionProof>;
export const sessionProofShape = compileShape(SessionProof);

/** A sealed letter in transit, base64url of the HPKE bytes (`letters/`). */
const LetterBody = Type.String({
  minLength: 1,
  maxLength: Math.ceil((LIMITS.letterBytes * 4) / 3),
  pattern: '^[A-Za-z0-9_-]+$',
});

/** Client to server. `letter.id` is the sender's own, unique per session; the answer carries it back. */
export const ClientFrame = Type.Union([
  exactly({ type: Type.Literal('session'), proof: Signed }),
  exactly({ type: Type.Literal('watch'), names: Type.Array(NameText, { maxItems: LIMITS.watchedNamesMax }) }),
  exactly({
    type: Type.Literal('letter'),
    id: IdText,
    to: NameText,
    device: KeyText,
    /** True for `offer` and `answer`: worth nothing later, so forwarded to whoever is online and never held. */
    fleeting: Type.Boolean(),
    body: LetterBody,
  }),
  exactly({ type: Type.Literal('done'), id: IdText }),
  exactly({ type: Type.Literal('pong') }),
]);
export type ClientFrame = Static<typeof ClientFrame>;
export const clientFrameShape = compileShape(ClientFrame);

const Code = Type.String({ maxLength: 64 });

/** Server to client. */
export const ServerFrame = Type.Union([
  exactly({ type: Type.Literal('challenge'), challenge: KeyText, server: KeyText }),
  /**
   * The proof held. `address`: where the server sees the client (no port); `pingMs`: how often it pings; `heldMs`:
   * how long it holds letters.
   */
  exactly({ type: Type.Literal('welcome'), address: Type.String({ maxLength: 64 }), pingMs: Count, heldMs: Count }),
  /** The session is over: SESSION_REFUSED, RESTORED, REPLACED, … Nothing follows. */
  exactly({ type: Type.Literal('refused'), code: Code, about: Type.String({ maxLength: 256 }) }),
  exactly({
    type: Type.Literal('presence'),
    name: NameText,
    online: Type.Boolean(),
    lastSeen: Type.Union([Time, Type.Null()]),
  }),
  exactly({
    type: Type.Literal('accepted'),
    id: IdText,
    how: Type.Union([Type.Literal('held'), Type.Literal('forwarded')]),
  }),
  /** This letter was not taken: MAILBOX_FULL, STRANGER_QUOTA, LETTERS_TOO_FAST, RECIPIENT_UNKNOWN, … */
  exactly({ type: Type.Literal('rejected'), id: IdText, code: Code, about: Type.String({ maxLength: 256 }) }),
  /** A letter for us. `from` is whose session left it; who wrote it is proven inside. Answer `done` with this id. */
  exactly({ type: Type.Literal('deliver'), id: IdText, from: NameText, at: Time, body: LetterBody }),
  exactly({ type: Type.Literal('ping') }),
]);
export type ServerFrame = Static<typeof ServerFrame>;
export const serverFrameShape = compileShape(ServerFrame);
