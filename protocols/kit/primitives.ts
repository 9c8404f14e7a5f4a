// Synchronous cryptography and randomness, which a host injects into pure machines: runtime provides real ones, the
// simulator fake ones.

/** A secret key that the host holds. Machines pass it back and never see its bytes. */
export interface SecretKey {
  /** Raw public key, unpadded base64url (32 bytes). */
  readonly publicKey: string;
}

/** Synchronous primitives. Keys, signatures and hashes are raw bytes; as strings they are unpadded base64url. */
export interface Primitives {
  sha256(bytes: Uint8Array): Uint8Array;
  sha512(bytes: Uint8Array): Uint8Array;
  /** Ed25519 (RFC 8032); the signature in base64url. */
  sign(bytes: Uint8Array, key: SecretKey): string;
  /** False for anything that is not a valid signature, malformed keys and signatures included. */
  verify(bytes: Uint8Array, signature: string, publicKey: string): boolean;
  /** The public X25519 key (RFC 7748) of 32 secret bytes, base64url. */
  exchangeKeyOf(secret: Uint8Array): string;
  /** AES-256-GCM: key 32 bytes, nonce 12 bytes; the 16-byte tag follows the ciphertext. */
  aeadSeal(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, plain: Uint8Array): Uint8Array;
  /** The plaintext, or null if the tag is not valid. */
  aeadOpen(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, sealed: Uint8Array): Uint8Array | null;
}

/** The only source of randomness. */
export interface RandomSource {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** Unguessable bytes. */
  bytes(length: number): Uint8Array;
}
