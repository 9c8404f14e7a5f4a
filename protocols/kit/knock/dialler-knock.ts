// The dialler's end of a knock (SPEC, "Knock"): it tells who it is only to the device that it dialled, and goes on only
// with that device.

import { parseJson } from '../bytes.js';
import type { Primitives, SecretKey } from '../primitives.js';
import type { Signed } from '../signed.js';
import {
  isKnockSignature,
  knockAnswerFrameShape,
  knockInfo,
  signKnock,
  type DeviceKeys,
  type KnockConnection,
  type SealedKnock,
} from './knock-proof.js';

export interface DiallerKnockOptions {
  /** Of this TLS connection, base64url. */
  readonly exporter: string;
  readonly device: SecretKey;
  /** Our own record: it shows a listener that knows an older one whose device this is. */
  readonly record: Signed;
  /** The device that is dialled. */
  readonly listener: DeviceKeys;
  readonly primitives: Primitives;
}

export class DiallerKnock {
  constructor(private readonly options: DiallerKnockOptions) {}

  /** What to seal (HPKE) to the exchange key of the listener, and the `info` to seal it with. */
  toSeal(): { exchange: string; plain: string; info: string } {
    const { device, record, listener, primitives } = this.options;
    const signature = signKnock('dialler', this.place, device, primitives);
    const knock: SealedKnock = { device: device.publicKey, record, signature };
    return { exchange: listener.exchange, plain: JSON.stringify(knock), info: knockInfo(this.place) };
  }

  /** True iff the device that was dialled sent this frame, on this connection, to us. */
  isAnswered(text: string): boolean {
    const frame = parseJson(text);
    return (
      knockAnswerFrameShape.accepts(frame) &&
      isKnockSignature('listener', this.place, frame.signature, this.options.primitives)
    );
  }

  private get place(): KnockConnection {
    const { exporter, device, listener } = this.options;
    return { exporter, dialler: device.publicKey, listener: listener.device };
  }
}
