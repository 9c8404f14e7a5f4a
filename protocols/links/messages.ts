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
export const Hello = exactly({
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
export type Hello = Static<typeof Hello>;
export const helloShape = compileShape(Hello);

/** The listener's yes: only now is anything connected. */
export const Welcome = exactly({
  type: Type.Literal('welcome'),
  version: Type.Integer({ minimum: 1, maximum: 1_000 }),
  record: Signed,
  port: Port,
  seen: Seen,
  heard: Heard,
  features: Features,
});
export type Welcome = Static<typeof Welcome>;
export const welcomeShape = compileShape(Welcome);

/** No, or no more; the link closes behind it. */
export const Refuse = exactly({ type: Type.Literal('refuse'), code: Type.String({ maxLength: 64 }) });
export type Refuse = Static<typeof Refuse>;
export const refuseShape = compileShape(Refuse);

export const Upkeep = exactly({ type: Type.Union([Type.Literal('ping'), Type.Literal('pong')]) });
export const upkeepShape = compileShape(Upkeep);

/** Bodies of `offer` and `answer` letters: where the sender can be dialled; the answer repeats the offer's nonce. */
export const Offer = exactly({
  nonce: KeyText,
  endpoints: Type.Array(exactly({ host: Type.String({ minLength: 1, maxLength: 253 }), port: Port }), { maxItems: 16 }),
});
export type Offer = Static<typeof Offer>;
export const offerShape = compileShape(Offer);
