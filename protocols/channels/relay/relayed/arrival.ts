// What becomes of a frame that carries something from another server [RELAY-5] [RELAY-6]: what is cheap to see is
// looked at first, nothing is believed before its proof, and nothing is remembered here.

import { parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { Primitives } from '../../../kit/primitives.js';
import { Refusal } from '../../../kit/refusals.js';
import { objectId, openSigned, type Signed } from '../../../kit/signed.js';
import { censusShape, stampShape, type Census, type Stamp } from '../../peering.js';
import { isSigned, readSpeech, type Speech } from '../speech/speech.js';
import type { RelayCount } from '../world.js';
import type { Origins } from './origins.js';
import { CARGO_TYPES, type RelayFrame } from './stamping.js';

export type Cargo = Speech | { readonly kind: 'census'; readonly census: Census };

/** `forged`: nobody who keeps to the rules passes this on. */
export type Arrival =
  | { readonly is: 'proven'; readonly stamp: Stamp; readonly cargo: Cargo }
  | { readonly is: 'dropped'; readonly as: RelayCount }
  | { readonly is: 'forged' };

export interface Judge {
  readonly origins: Origins;
  readonly primitives: Primitives;
  /** Our public key. */
  readonly server: string;
}

const FORGED: Arrival = { is: 'forged' };

export function judgeArrival(frame: RelayFrame, judge: Judge, now: Instant): Arrival {
  if (frame.hops > LIMITS.relayHopsMax) return { is: 'dropped', as: 'dropped_hops' };
  const stamp = readStamp(frame.stamp);
  if (stamp === null || stamp.kind !== frame.kind) return FORGED;
  const dropped = whyDropped(stamp, frame.hops, judge, now);
  if (dropped) return { is: 'dropped', as: dropped };
  const { primitives } = judge;
  if (openSigned('relayed', frame.stamp, { key: stamp.origin, shape: stampShape, primitives }) === null) return FORGED;
  if (objectId(CARGO_TYPES[frame.kind], frame.cargo.payload, primitives) !== stamp.id) return FORGED;
  const cargo = openCargo(frame, stamp, primitives);
  return cargo === null ? FORGED : { is: 'proven', stamp, cargo };
}

/** Not believed yet. */
function readStamp({ payload }: Signed): Stamp | null {
  if (payload.length > LIMITS.stampBytes) return null;
  const stamp = parseJson(payload);
  return stampShape.accepts(stamp) ? stamp : null;
}

/** Things that an honest peer may pass on: late, or on two ways. */
function whyDropped(stamp: Stamp, hops: number, { origins, server }: Judge, now: Instant): RelayCount | null {
  if (stamp.origin === server) return 'dropped_known';
  if (Math.abs(stamp.at - now) > LIMITS.relaySkewMs) return 'dropped_old';
  const judged = origins.judge(stamp, hops);
  if (judged === 'known') return 'dropped_known';
  return judged === 'old' ? 'dropped_old' : null;
}

function openCargo(frame: RelayFrame, stamp: Stamp, primitives: Primitives): Cargo | null {
  if (frame.kind === 'census') {
    const { origin: key } = stamp;
    const census = openSigned('census', frame.cargo, { key, shape: censusShape, primitives });
    return census?.origin === key ? { kind: 'census', census } : null;
  }
  const speech = readSpeech(frame.kind, frame.cargo);
  if (speech instanceof Refusal) return null;
  // The origin has looked at this by its own clock, so whoever checks it says the same.
  if (Math.abs(speech.words.at - stamp.at) > LIMITS.relaySkewMs) return null;
  return isSigned(speech, primitives) ? speech : null;
}
