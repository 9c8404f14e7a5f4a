// Writes the envelopes of this server [RELAY-4]: numbers payloads by one within a boot and signs the header.

import type { Instant } from '../../../kit/machine.js';
import type { Primitives, SecretKey } from '../../../kit/primitives.js';
import { objectId, signObject, type Signed, type SignedType } from '../../../kit/signed.js';
import type { PayloadKind, PeerFrame, EnvelopeHeader } from '../../peer-protocol.js';

export interface EnvelopeWriterOptions {
  readonly primitives: Primitives;
  readonly key: SecretKey;
  readonly boot: number;
}

export type Envelope = Extract<PeerFrame, { type: 'relay' }>;

/** The signed type of each kind of payload. */
export const PAYLOAD_TYPES: Readonly<Record<PayloadKind, SignedType>> = {
  census: 'census',
  direct: 'direct',
  channel: 'channel_message',
};

export class EnvelopeWriter {
  private seq = 0;

  constructor(private readonly options: EnvelopeWriterOptions) {}

  /** A new envelope around a payload of this server. */
  write(kind: PayloadKind, payload: Signed, now: Instant): Envelope {
    const { primitives, key, boot } = this.options;
    this.seq += 1;
    const id = objectId(PAYLOAD_TYPES[kind], payload.payload, primitives);
    const header: EnvelopeHeader = { origin: key.publicKey, boot, seq: this.seq, at: now, kind, id };
    return { type: 'relay', kind, hops: 1, stamp: signObject('relayed', header, key, primitives), cargo: payload };
  }
}
