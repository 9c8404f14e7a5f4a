// Frames between a client and its name server (SPEC.md): JSON objects over one WebSocket, `GET /v1/session`.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, Count, IdText, KeyText, NameText, Time } from '../kit/shapes.js';
import { LIMITS } from '../kit/limits.js';
import { ChallengeFrame, ExporterText, OriginText } from '../kit/server-proof/messages.js';
import { Signed } from '../kit/signed.js';

/** The client signs this as type `session`. It repeats what the server has signed, so it is invalid anywhere else. */
export const SessionProof = exactly({
  server: KeyText,
  origin: OriginText,
  challenge: KeyText,
  exporter: ExporterText,
  name: NameText,
  device: KeyText,
  boot: Count,
});
export type SessionProof = Static<typeof SessionProof>;
export const sessionProofShape = compileShape(SessionProof);

/** A sealed letter: three keys and the HPKE bytes, base64url (protocols/letters). */
const LetterBody = Type.String({
  minLength: 1,
  maxLength: Math.ceil(((LIMITS.letterBytes + LIMITS.letterHeaderBytes) * 4) / 3),
  pattern: '^[A-Za-z0-9_-]+$',
});

/** Client to server. The sender chooses `letter.id`, unique per session; the answer repeats it. */
export const ClientFrame = Type.Union([
  exactly({ type: Type.Literal('session'), proof: Signed }),
  exactly({ type: Type.Literal('watch'), names: Type.Array(NameText, { maxItems: LIMITS.watchedNamesMax }) }),
  exactly({
    type: Type.Literal('letter'),
    id: IdText,
    to: NameText,
    device: KeyText,
    /** True for `offer` and `answer`: the server forwards the letter to an online device and never stores it. */
    fleeting: Type.Boolean(),
    body: LetterBody,
  }),
  /** `unopened`: the letter did not open; a notice for its writer, signed by this device (protocols/letters). */
  exactly({ type: Type.Literal('done'), id: IdText, unopened: Type.Optional(Signed) }),
  /** The letter key of this device, signed (protocols/letters). */
  exactly({ type: Type.Literal('offer_key'), key: Signed }),
  /** More one-time keys of this device, signed; `number`: that of the letter key that the server offers. */
  exactly({
    type: Type.Literal('offer_one_time_keys'),
    number: Count,
    keys: Type.Array(Signed, { minItems: 1, maxItems: LIMITS.oneTimeKeysMax }),
  }),
  /**
   * Asks for the letter key of a device. The sender chooses the id, as for letters. `oneTime`: for a first letter, with
   * a one-time key.
   */
  exactly({ type: Type.Literal('key_wanted'), id: IdText, to: NameText, device: KeyText, oneTime: Type.Boolean() }),
  exactly({ type: Type.Literal('pong') }),
]);
export type ClientFrame = Static<typeof ClientFrame>;
export const clientFrameShape = compileShape(ClientFrame);

const CountOrNone = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Code = Type.String({ maxLength: 64 });

/** Server to client. */
export const ServerFrame = Type.Union([
  ChallengeFrame,
  /**
   * The proof is valid. `address`: the client's IP address as the server sees it; `pingMs`: the ping interval;
   * `heldMs`: how long the server holds letters; `record`: the id of the user's record in force; `letterKey` and
   * `oneTimeKeys`: as in `key_offered`; `at`: the server's date.
   */
  exactly({
    type: Type.Literal('welcome'),
    address: Type.String({ maxLength: 64 }),
    pingMs: Count,
    heldMs: Count,
    record: IdText,
    letterKey: CountOrNone,
    oneTimeKeys: CountOrNone,
    at: Time,
  }),
  /**
   * The server ends the session: SESSION_REFUSED, RESTORED, REPLACED, … No frame follows. `proof`: with RESTORED, the
   * `SessionProof` of this device that the server accepted last.
   */
  exactly({
    type: Type.Literal('refused'),
    code: Code,
    about: Type.String({ maxLength: 256 }),
    proof: Type.Optional(Signed),
  }),
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
  /** The server did not accept this letter: MAILBOX_FULL, STRANGER_QUOTA, RECIPIENT_UNKNOWN, … */
  exactly({ type: Type.Literal('rejected'), id: IdText, code: Code, about: Type.String({ maxLength: 256 }) }),
  /** A letter for this client. `from` names the sending session; only the signature inside proves the writer. */
  exactly({ type: Type.Literal('deliver'), id: IdText, from: NameText, at: Time, body: LetterBody }),
  /** A letter of this client to `from` did not open. The client answers `done`, as to a letter. */
  exactly({ type: Type.Literal('unopened'), id: IdText, from: NameText, notice: Signed }),
  /** The number of the letter key that writers get for this device, 0 for none, and how many one-time keys are left. */
  exactly({ type: Type.Literal('key_offered'), number: CountOrNone, oneTimeKeys: CountOrNone }),
  /** `oneTime`: a one-time key of this device, which no other writer gets. */
  exactly({ type: Type.Literal('key'), id: IdText, key: Signed, oneTime: Type.Optional(Signed) }),
  /** There is no letter key: RECIPIENT_UNKNOWN, LETTER_KEY_MISSING, LETTERS_TOO_FAST. */
  exactly({ type: Type.Literal('no_key'), id: IdText, code: Code, about: Type.String({ maxLength: 256 }) }),
  exactly({ type: Type.Literal('ping') }),
]);
export type ServerFrame = Static<typeof ServerFrame>;
export const serverFrameShape = compileShape(ServerFrame);
