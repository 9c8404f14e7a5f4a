// Makes the knock of a dialler for one TLS connection (protocols/links, "Knock").

import type { TLSSocket } from 'node:tls';
import { encodeFrame } from '../../protocols/kit/frames.js';
import type { Signed } from '../../protocols/kit/signed.js';
import { DiallerKnock } from '../../protocols/kit/knock/dialler-knock.js';
import type { DeviceKeys, KnockFrame } from '../../protocols/kit/knock/knock-proof.js';
import { primitives, type SigningKey } from '../crypto.js';
import { sealLetter } from '../letter-encryption.js';
import { readFirstFrame } from './first-frame.js';
import { knockExporter } from './tls-options.js';

/** Who knocks, and at which device. `record`: our own. */
export interface KnockTerms {
  readonly device: SigningKey;
  readonly record: Signed;
  readonly listener: DeviceKeys;
}

export interface SealedKnock {
  readonly bytes: Uint8Array;
  /** True iff this frame proves that the dialled device answers. */
  isAnswered(text: string): boolean;
}

/** Null if the listener has no valid exchange key. */
export async function sealKnock(socket: TLSSocket, terms: KnockTerms): Promise<SealedKnock | null> {
  const knock = new DiallerKnock({ ...terms, exporter: knockExporter(socket), primitives });
  const { exchange, plain, info } = knock.toSeal();
  const sealed = await sealLetter(exchange, plain, info);
  if (sealed === null) return null;
  const frame: KnockFrame = { type: 'knock', sealed };
  return { bytes: encodeFrame(JSON.stringify(frame)), isAnswered: (text) => knock.isAnswered(text) };
}

/** Knocks and waits for the answer. True iff the dialled device gave it. Never settles if the connection ends before. */
export async function knockAt(socket: TLSSocket, terms: KnockTerms): Promise<boolean> {
  const knock = await sealKnock(socket, terms);
  if (knock === null || socket.destroyed) return false;
  socket.write(knock.bytes);
  const text = await new Promise<string | null>((settle) => readFirstFrame(socket, settle));
  return text !== null && knock.isAnswered(text);
}
