// Writes the envelopes of this server [RELAY-4]: numbers payloads by one within a boot and signs the header.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { Primitives, SecretKey } from '../../../kit/primitives.js';
import { objectId, signObject, type Signed, type SignedType } from '../../../kit/signed.js';
import type { PayloadKind, PeerFrame, EnvelopeHeader } from '../../peer-protocol.js';

export interface EnvelopeWriterOptions {
  readonly primitives: Primitives;
  readonly key: SecretKey;
  readonly boot: number;
}

interface SentPayload {
  readonly kind: PayloadKind;
  readonly payload: Signed;
  readonly at: Instant;
}

export type Envelope = Extract<PeerFrame, { type: 'relay' }>;

/** The signed type of each kind of payload. */
export const PAYLOAD_TYPES: Readonly<Record<PayloadKind, SignedType>> = {
  census: 'census',
  direct: 'direct',
  channel: 'channel_message',
};

export class EnvelopeWriter {
  /** Rises if a newer boot of this server is known [RELAY-14]. */
  boot: number;
  private seq = 0;
  private recent: SentPayload[] = [];

  constructor(private readonly options: EnvelopeWriterOptions) {
    this.boot = options.boot;
  }

  /** The messages of the last seconds, to be written again under a risen boot. Receivers drop those they have. */
  takeRecent(now: Instant): SentPayload[] {
    const recent = this.recent.filter(({ at }) => at + LIMITS.relayResentMs > now);
    this.recent = [];
    return recent;
  }

  /** A new envelope around a payload of this server. */
  write(kind: PayloadKind, payload: Signed, now: Instant): Envelope {
    const { primitives, key } = this.options;
    const { boot } = this;
    this.seq += 1;
    if (kind !== 'census') this.recent = [...this.recent, { kind, payload, at: now }].slice(-LIMITS.relayResentMax);
    const id = objectId(PAYLOAD_TYPES[kind], payload.payload, primitives);
    const header: EnvelopeHeader = { origin: key.publicKey, boot, seq: this.seq, at: now, kind, id };
    return { type: 'relay', kind, hops: 1, stamp: signObject('relayed', header, key, primitives), cargo: payload };
  }
}
