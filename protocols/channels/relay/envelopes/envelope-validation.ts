// What becomes of a frame that carries something from another server [RELAY-5] [RELAY-6]: what is cheap to see is
// looked at first, nothing is believed before its proof, and nothing is remembered here.

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

export type Payload = SignedMessage | { readonly kind: 'census'; readonly census: PresenceCounts };

/** `forged`: nobody who keeps to the rules passes this on. */
export type EnvelopeVerdict =
  | { readonly is: 'proven'; readonly stamp: EnvelopeHeader; readonly cargo: Payload }
  | { readonly is: 'dropped'; readonly as: RelayCount }
  | { readonly is: 'forged' };

export interface EnvelopeContext {
  readonly origins: Origins;
  readonly primitives: Primitives;
  /** Our public key. */
  readonly server: string;
}

const FORGED: EnvelopeVerdict = { is: 'forged' };

export function validateEnvelope(frame: Envelope, judge: EnvelopeContext, now: Instant): EnvelopeVerdict {
  if (frame.hops > LIMITS.relayHopsMax) return { is: 'dropped', as: 'dropped_hops' };
  const stamp = readStamp(frame.stamp);
  if (stamp === null || stamp.kind !== frame.kind) return FORGED;
  const dropped = whyDropped(stamp, frame.hops, judge, now);
  if (dropped) return { is: 'dropped', as: dropped };
  const { primitives } = judge;
  if (openSigned('relayed', frame.stamp, { key: stamp.origin, shape: envelopeHeaderShape, primitives }) === null)
    return FORGED;
  if (objectId(PAYLOAD_TYPES[frame.kind], frame.cargo.payload, primitives) !== stamp.id) return FORGED;
  const cargo = openCargo(frame, stamp, primitives);
  return cargo === null ? FORGED : { is: 'proven', stamp, cargo };
}

/** Not believed yet. */
function readStamp({ payload }: Signed): EnvelopeHeader | null {
  if (payload.length > LIMITS.envelopeHeaderBytes) return null;
  const stamp = parseJson(payload);
  return envelopeHeaderShape.accepts(stamp) ? stamp : null;
}

/** Things that an honest peer may pass on: late, or on two ways. */
function whyDropped(
  stamp: EnvelopeHeader,
  hops: number,
  { origins, server }: EnvelopeContext,
  now: Instant,
): RelayCount | null {
  if (stamp.origin === server) return 'dropped_known';
  if (Math.abs(stamp.at - now) > LIMITS.relaySkewMs) return 'dropped_old';
  const judged = origins.judge(stamp, hops);
  if (judged === 'known') return 'dropped_known';
  return judged === 'old' ? 'dropped_old' : null;
}

function openCargo(frame: Envelope, stamp: EnvelopeHeader, primitives: Primitives): Payload | null {
  if (frame.kind === 'census') {
    const { origin: key } = stamp;
    const census = openSigned('census', frame.cargo, { key, shape: presenceCountsShape, primitives });
    return census?.origin === key ? { kind: 'census', census } : null;
  }
  const speech = parseSignedMessage(frame.kind, frame.cargo);
  if (speech instanceof Refusal) return null;
  // The origin has looked at this by its own clock, so whoever checks it says the same.
  if (Math.abs(speech.words.at - stamp.at) > LIMITS.relaySkewMs) return null;
  return hasValidSignature(speech, primitives) ? speech : null;
}
