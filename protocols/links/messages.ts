// Handshake and keepalive frames of a link (SPEC.md), and the letters that offer endpoints.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, KeyText, NameText } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';
import { Heard, Seen } from '../kit/own-proofs/marks.js';

export const LINK_VERSION = 2;

const Features = Type.Array(Type.String({ maxLength: 32 }), { maxItems: 32 });
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });

/**
 * The first frame, from the dialler. `port`: its own listening port (TCP and UDP). `seen`: the chat message with the
 * highest seq that it has stored from the reader's device. `heard`: how far the reader has acknowledged its device.
 */
export const HelloFrame = exactly({
  type: Type.Literal('hello'),
  versions: Type.Array(Type.Integer({ minimum: 1, maximum: 1_000 }), { minItems: 1, maxItems: 16 }),
  user: NameText,
  device: KeyText,
  record: Signed,
  port: Port,
  seen: Seen,
  heard: Heard,
  features: Features,
});
export type HelloFrame = Static<typeof HelloFrame>;
export const helloFrameShape = compileShape(HelloFrame);

/** The listener accepts. Only now are the two linked. */
export const WelcomeFrame = exactly({
  type: Type.Literal('welcome'),
  version: Type.Integer({ minimum: 1, maximum: 1_000 }),
  record: Signed,
  port: Port,
  seen: Seen,
  heard: Heard,
  features: Features,
});
export type WelcomeFrame = Static<typeof WelcomeFrame>;
export const welcomeFrameShape = compileShape(WelcomeFrame);

/** The sender refuses or ends the link. It closes the connection after this frame. */
export const RefuseFrame = exactly({ type: Type.Literal('refuse'), code: Type.String({ maxLength: 64 }) });
export type RefuseFrame = Static<typeof RefuseFrame>;
export const refuseFrameShape = compileShape(RefuseFrame);

export const KeepaliveFrame = exactly({ type: Type.Union([Type.Literal('ping'), Type.Literal('pong')]) });
export const keepaliveFrameShape = compileShape(KeepaliveFrame);

/** Body of `offer` and `answer` letters: endpoints of the sender. An answer repeats the nonce of its offer. */
export const OfferLetter = exactly({
  nonce: KeyText,
  endpoints: Type.Array(exactly({ host: Type.String({ minLength: 1, maxLength: 253 }), port: Port }), { maxItems: 16 }),
});
export type OfferLetter = Static<typeof OfferLetter>;
export const offerLetterShape = compileShape(OfferLetter);
