// The greeting and upkeep of a link (protocols/links): JSON frames between two devices over mutual TLS.

import { Type, type Static } from '../kit/packages/typebox.js';
import { compileShape, exactly, KeyText, NameText } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';

export const LINK_VERSION = 1;

const Features = Type.Array(Type.String({ maxLength: 32 }), { maxItems: 32 });
/** The highest seq of chat that the writer of the greeting has stored of the reader's device. */
const Seen = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
/** The highest seq of the writer's device that the reader has acknowledged. */
const Heard = Seen;
const Port = Type.Integer({ minimum: 1, maximum: 65_535 });

/** The dialler's first frame. `port`: where it listens itself (TCP and UDP). */
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

/** The listener's yes: only now is anything connected. */
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

/** No, or no more; the link closes behind it. */
export const RefuseFrame = exactly({ type: Type.Literal('refuse'), code: Type.String({ maxLength: 64 }) });
export type RefuseFrame = Static<typeof RefuseFrame>;
export const refuseFrameShape = compileShape(RefuseFrame);

export const KeepaliveFrame = exactly({ type: Type.Union([Type.Literal('ping'), Type.Literal('pong')]) });
export const keepaliveFrameShape = compileShape(KeepaliveFrame);

/** Bodies of `offer` and `answer` letters: where the sender can be dialled; the answer repeats the offer's nonce. */
export const OfferLetter = exactly({
  nonce: KeyText,
  endpoints: Type.Array(exactly({ host: Type.String({ minLength: 1, maxLength: 253 }), port: Port }), { maxItems: 16 }),
});
export type OfferLetter = Static<typeof OfferLetter>;
export const offerLetterShape = compileShape(OfferLetter);
