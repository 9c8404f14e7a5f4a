// What the two ends of a knock sign, and to whom a knock is sealed (SPEC LINK-22, LINK-24).

import { Type, type Static } from '../packages/typebox.js';
import { parseJson, utf8 } from '../bytes.js';
import { LIMITS } from '../limits.js';
import type { Primitives, SecretKey } from '../primitives.js';
import { compileShape, exactly, KeyText, SignatureText } from '../shapes.js';
import { Signed, signedBytes } from '../signed.js';

/** The keying material of TLS that both ends sign: RFC 8446, 7.5. */
export const KNOCK_EXPORTER = 'EXPORTER-kith-knock';

/** The keys by which a record lists a device, base64url. */
export interface DeviceKeys {
  readonly device: string;
  readonly exchange: string;
}

/** A caller whose device key is proven. `record`: the record of the caller, which nothing has verified yet. */
export interface KnockCaller {
  readonly device: string;
  readonly record: Signed;
}

/** The dialler's only frame before the answer. `sealed`: HPKE to the exchange key of the listener, base64url. */
export const KnockFrame = exactly({
  type: Type.Literal('knock'),
  sealed: Type.String({ minLength: 1, maxLength: LIMITS.linkHelloFrameBytes }),
});
export type KnockFrame = Static<typeof KnockFrame>;
export const knockFrameShape = compileShape(KnockFrame);

/** What the knock seals. */
export const SealedKnock = exactly({ device: KeyText, record: Signed, signature: SignatureText });
export type SealedKnock = Static<typeof SealedKnock>;
const sealedKnockShape = compileShape(SealedKnock);

/** The listener's only frame before the dialler goes on. */
export const KnockAnswerFrame = exactly({ type: Type.Literal('knock_answer'), signature: SignatureText });
export type KnockAnswerFrame = Static<typeof KnockAnswerFrame>;
export const knockAnswerFrameShape = compileShape(KnockAnswerFrame);

/** One TLS connection, and the devices that its ends claim to be. */
export interface KnockConnection {
  /** base64url */
  readonly exporter: string;
  readonly dialler: string;
  readonly listener: string;
}

export type KnockRole = 'dialler' | 'listener';

/** A signature is good for one role, one connection and one pair of devices. */
export function signKnock(role: KnockRole, at: KnockConnection, key: SecretKey, primitives: Primitives): string {
  return primitives.sign(bytesOf(role, at), key);
}

export function isKnockSignature(
  role: KnockRole,
  at: KnockConnection,
  signature: string,
  primitives: Primitives,
): boolean {
  return primitives.verify(bytesOf(role, at), signature, at[role]);
}

function bytesOf(role: KnockRole, { exporter, dialler, listener }: KnockConnection): Uint8Array {
  return signedBytes('knock', JSON.stringify([role, exporter, dialler, listener]));
}

/** The HPKE `info`: a knock opens on its own connection and at the device that it is for, and as nothing but a knock. */
export function knockInfo({ exporter, listener }: Omit<KnockConnection, 'dialler'>): string {
  return JSON.stringify(['kith/knock/1', exporter, listener]);
}

/** The content of an opened knock, null if it is malformed or its device has not signed it for this connection. */
export function readSealedKnock(
  plain: string,
  at: Omit<KnockConnection, 'dialler'>,
  primitives: Primitives,
): KnockCaller | null {
  if (utf8(plain).length > LIMITS.linkHelloFrameBytes) return null;
  const knock = parseJson(plain);
  if (!sealedKnockShape.accepts(knock)) return null;
  const { device, record, signature } = knock;
  return isKnockSignature('dialler', { ...at, dialler: device }, signature, primitives) ? { device, record } : null;
}
