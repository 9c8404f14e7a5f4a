// The stamps of this server [RELAY-4]: numbers that rise by one within a boot, signed with what they are for.

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

/** As which type each kind of cargo is signed. */
export const PAYLOAD_TYPES: Readonly<Record<PayloadKind, SignedType>> = {
  census: 'census',
  direct: 'direct',
  channel: 'channel_message',
};

export class EnvelopeWriter {
  private seq = 0;

  constructor(private readonly options: EnvelopeWriterOptions) {}

  /** The frame that carries something said here to the first peers. */
  frame(kind: PayloadKind, cargo: Signed, now: Instant): Envelope {
    const { primitives, key, boot } = this.options;
    this.seq += 1;
    const id = objectId(PAYLOAD_TYPES[kind], cargo.payload, primitives);
    const stamp: EnvelopeHeader = { origin: key.publicKey, boot, seq: this.seq, at: now, kind, id };
    return { type: 'relay', kind, hops: 1, stamp: signObject('relayed', stamp, key, primitives), cargo };
  }
}
