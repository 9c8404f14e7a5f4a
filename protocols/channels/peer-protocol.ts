// The frames between peers (SPEC.md): JSON over mutual TLS, with the framing of links.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText, Time } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';

/** The kinds of payload, by falling priority (RELAY-9). `census`: presence counts. */
export const PAYLOAD_KINDS = ['census', 'direct', 'channel'] as const;
export type PayloadKind = (typeof PAYLOAD_KINDS)[number];

/**
 * Signed as `relayed` by the key `origin`: the origin numbers each payload once. `id`: the id of the signed payload, so
 * that no other payload can be sent under this number.
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

/** Signed as `census` by the origin: the member counts of its largest channels. Replaces its last report. */
export const PresenceCounts = exactly({
  origin: KeyText,
  channels: Type.Array(exactly({ channel: NameText, count: Count }), { maxItems: LIMITS.presenceCountsChannelsMax }),
});
export type PresenceCounts = Static<typeof PresenceCounts>;
export const presenceCountsShape = compileShape(PresenceCounts);

/** Signed as `peer_address` by the server: where its peers reach it. */
export const PeerAddress = exactly({
  server: KeyText,
  host: Type.String({ minLength: 1, maxLength: 253 }),
  port: Type.Integer({ minimum: 1, maximum: 65_535 }),
  at: Time,
});
export type PeerAddress = Static<typeof PeerAddress>;
export const peerAddressShape = compileShape(PeerAddress);

/** Both sides send `hello` first. A `hello` with a common version opens the link. */
export const PeerFrame = Type.Union([
  exactly({
    type: Type.Literal('hello'),
    versions: Type.Array(Count, { minItems: 1, maxItems: 16 }),
    features: Type.Array(Type.String({ maxLength: 32 }), { maxItems: 32 }),
    /** The signed PeerAddress of the sender, or null if it only dials. */
    address: Type.Union([Signed, Type.Null()]),
  }),
  /** `hops`: the number of links so far, unsigned. `stamp`: the signed EnvelopeHeader. `cargo`: the signed payload. */
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
  /** `stamp`: an EnvelopeHeader that its origin signed at a newer boot than that of a dropped envelope. */
  exactly({ type: Type.Literal('newer_boot'), stamp: Signed }),
  exactly({ type: Type.Literal('ping') }),
  exactly({ type: Type.Literal('pong') }),
]);
export type PeerFrame = Static<typeof PeerFrame>;
export const peerFrameShape = compileShape(PeerFrame);
