// Validates an envelope from a peer [RELAY-5] [RELAY-6]: cheap checks first, then signatures. It changes no state, so a
// forged envelope has no effect.

import { parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { Primitives } from '../../../kit/primitives.js';
import { Refusal } from '../../../kit/refusals.js';
import { objectId, openSigned, type Signed } from '../../../kit/signed.js';
import {
  presenceCountsShape,
  envelopeHeaderShape,
  type PresenceCounts,
  type EnvelopeHeader,
} from '../../peer-protocol.js';
import { hasValidSignature, parseSignedMessage, type SignedMessage } from '../messages/signed-message.js';
import type { RelayCount } from '../io.js';
import type { Origins } from './origins.js';
import { PAYLOAD_TYPES, type Envelope } from './envelope-writer.js';

export type Payload = SignedMessage | { readonly type: 'census'; readonly counts: PresenceCounts };

/** `dropped`: an honest peer may have forwarded it. `forged`: no honest peer forwards it. */
export type EnvelopeVerdict =
  | { readonly type: 'valid'; readonly header: EnvelopeHeader; readonly payload: Payload }
  | { readonly type: 'dropped'; readonly why: RelayCount; readonly header: EnvelopeHeader | null }
  | { readonly type: 'forged' };

export interface EnvelopeContext {
  readonly origins: Origins;
  readonly primitives: Primitives;
  /** The public key of this server. */
  readonly server: string;
}

const FORGED: EnvelopeVerdict = { type: 'forged' };

export function validateEnvelope(envelope: Envelope, context: EnvelopeContext, now: Instant): EnvelopeVerdict {
  if (envelope.hops > LIMITS.relayHopsMax) return { type: 'dropped', why: 'dropped_hops', header: null };
  const header = readHeader(envelope.stamp);
  if (header === null || header.kind !== envelope.kind) return FORGED;
  const dropped = whyDropped(header, envelope.hops, context, now);
  if (dropped) return { type: 'dropped', why: dropped, header };
  const { primitives } = context;
  if (openSigned('relayed', envelope.stamp, { key: header.origin, shape: envelopeHeaderShape, primitives }) === null)
    return FORGED;
  if (objectId(PAYLOAD_TYPES[envelope.kind], envelope.cargo.payload, primitives) !== header.id) return FORGED;
  const payload = openPayload(envelope, header, primitives);
  return payload === null ? FORGED : { type: 'valid', header, payload };
}

/** The header is not verified yet. */
function readHeader({ payload }: Signed): EnvelopeHeader | null {
  if (payload.length > LIMITS.envelopeHeaderBytes) return null;
  const header = parseJson(payload);
  return envelopeHeaderShape.accepts(header) ? header : null;
}

/** Reasons for which an honest peer is not blamed: the envelope is late, or arrived by two paths. */
function whyDropped(
  header: EnvelopeHeader,
  hops: number,
  { origins, server }: EnvelopeContext,
  now: Instant,
): RelayCount | null {
  if (header.origin === server) return 'dropped_known';
  if (Math.abs(header.at - now) > LIMITS.relaySkewMs) return 'dropped_old';
  const order = origins.classify(header, hops);
  if (order === 'known') return 'dropped_known';
  return order === 'old' ? 'dropped_old' : null;
}

function openPayload(envelope: Envelope, header: EnvelopeHeader, primitives: Primitives): Payload | null {
  if (envelope.kind === 'census') {
    const { origin: key } = header;
    const counts = openSigned('census', envelope.cargo, { key, shape: presenceCountsShape, primitives });
    return counts?.origin === key ? { type: 'census', counts } : null;
  }
  const message = parseSignedMessage(envelope.kind, envelope.cargo);
  if (message instanceof Refusal) return null;
  // Compared with the time of the header, not with our clock: all servers must come to the same verdict.
  if (Math.abs(message.content.at - header.at) > LIMITS.relaySkewMs) return null;
  return hasValidSignature(message, primitives) ? message : null;
}
