// The identity file while the identity key is locked: the secret half is sealed under a passphrase, or in another file.

import { join } from 'node:path';
import { fromBase64url, parseJson, toBase64url } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Type } from '../../protocols/kit/packages/typebox.js';
import { compileShape, exactly, KeyText } from '../../protocols/kit/shapes.js';
import { exportSecret, HeldKey, importSecret, type ExchangeKey, type SigningKey } from '../crypto.js';
import { damagedKeys, readKeyText, writeKeyText, type LockedKey } from './key-file.js';

export const IDENTITY_FILE = 'identity.json';
const SEALED_CHARACTERS_MAX = Math.ceil((LIMITS.sealedIdentityBytes * 4) / 3);

/** `sealed`: the sealed secret key, base64url; null if the user keeps it in another file. */
const Locked = exactly({
  publicKey: KeyText,
  sealed: Type.Union([Type.String({ maxLength: SEALED_CHARACTERS_MAX }), Type.Null()]),
});
const lockedShape = compileShape(exactly({ locked: Locked, device: KeyText, exchange: KeyText, ownProofs: KeyText }));

export interface LockedIdentity {
  readonly identity: LockedKey;
  readonly device: SigningKey;
  readonly exchange: ExchangeKey;
  readonly ownProofsKey: Uint8Array;
  readonly sealed: Uint8Array | null;
}

export function isLocked(key: SigningKey | LockedKey): key is LockedKey {
  return !(key instanceof HeldKey);
}

/** Null if the file is not there or the identity key is not locked. Throws OperationalError. */
export function readLockedIdentity(directory: string): LockedIdentity | null {
  const path = join(directory, IDENTITY_FILE);
  const text = readKeyText(path);
  const stored = text === null ? null : parseJson(text);
  if (!lockedShape.accepts(stored)) return null;
  const { publicKey, sealed } = stored.locked;
  const [device, exchange] = [importSecret('ed25519', stored.device), importSecret('x25519', stored.exchange)];
  const [proofs, bytes] = [fromBase64url(stored.ownProofs), sealed === null ? null : fromBase64url(sealed)];
  if (!device || !exchange || !proofs || (sealed !== null && bytes === null)) throw damagedKeys(path);
  return { identity: { publicKey }, device, exchange, ownProofsKey: proofs, sealed: bytes };
}

/** Replaces the identity file. Throws OperationalError. */
export function writeLockedIdentity(directory: string, locked: LockedIdentity): void {
  const { identity, device, exchange, ownProofsKey, sealed } = locked;
  writeKeyText(join(directory, IDENTITY_FILE), {
    locked: { publicKey: identity.publicKey, sealed: sealed && toBase64url(sealed) },
    device: exportSecret(device),
    exchange: exportSecret(exchange),
    ownProofs: toBase64url(ownProofsKey),
  });
}
