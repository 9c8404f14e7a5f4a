// Frames between servers that carry channels (SPEC.md): JSON over mutual TLS, framed as links are.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText, Time } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';

/** What travels between servers, in the order in which it leaves where not all fits (RELAY-9): census first. */
export const PAYLOAD_KINDS = ['census', 'direct', 'channel'] as const;
export type PayloadKind = (typeof PAYLOAD_KINDS)[number];

/**
 * Signed as `relayed` by the key `origin`: the server where something was said numbers it, once. `id`: of the signed
 * object it carries, so that nobody can put anything else under the number.
 */
export const EnvelopeHeader = exactly({
  origin: KeyText,
  boot: Count,
  seq: Count,
  at: Time,
  kind: Type.Enum(PAYLOAD_KINDS),
  id: IdText,
});
export type EnvelopeHeader = Static<typeof EnvelopeHeader>;
export const envelopeHeaderShape = compileShape(EnvelopeHeader);

/** Signed as `census` by the origin: how many are in its largest channels. Replaces the one before. */
export const PresenceCounts = exactly({
  origin: KeyText,
  channels: Type.Array(exactly({ channel: NameText, count: Count }), { maxItems: LIMITS.presenceCountsChannelsMax }),
});
export type PresenceCounts = Static<typeof PresenceCounts>;
export const presenceCountsShape = compileShape(PresenceCounts);

/** Signed as `peer_address` by the server it is of: where its peers reach it. */
export const PeerAddress = exactly({
  server: KeyText,
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  at: Time,
});
export type PeerAddress = Static<typeof PeerAddress>;
export const peerAddressShape = compileShape(PeerAddress);

/** Both sides say `hello` first. Whoever hears one that it can agree with has the link. */
export const PeerFrame = Type.Union([
  exactly({
    type: Type.Literal('hello'),
    versions: Type.Array(Count, { minItems: 1, maxItems: 16 }),
    features: Type.Array(Type.String({ maxLength: 32 }), { maxItems: 32 }),
    /** Our signed address, or null where we only dial out. */
    address: Type.Union([Signed, Type.Null()]),
  }),
  /** `hops`: how many servers it has left behind; outside of all signatures. `cargo`: the signed object, by `kind`. */
  exactly({
    type: Type.Literal('relay'),
    kind: Type.Enum(PAYLOAD_KINDS),
    hops: Type.Integer({ minimum: 1, maximum: 255 }),
    stamp: Signed,
    cargo: Signed,
  }),
  exactly({
    type: Type.Literal('addresses'),
    addresses: Type.Array(Signed, { maxItems: LIMITS.peerAddressesPerFrame }),
  }),
  exactly({ type: Type.Literal('ping') }),
  exactly({ type: Type.Literal('pong') }),
]);
export type PeerFrame = Static<typeof PeerFrame>;
export const peerFrameShape = compileShape(PeerFrame);
