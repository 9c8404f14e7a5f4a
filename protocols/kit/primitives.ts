// What a pure machine may borrow from its host: synchronous cryptography and randomness. Runtime provides both; the
// simulator fakes both.

/** A secret key the host holds. Machines pass it back and never look inside. */
export interface SecretKey {
  /** Raw public key, unpadded base64url (32 bytes). */
  readonly publicKey: string;
}

/** Synchronous primitives. Keys, signatures and hashes are raw bytes, or unpadded base64url where a string is said. */
export interface Primitives {
  sha256(bytes: Uint8Array): Uint8Array;
  sha512(bytes: Uint8Array): Uint8Array;
  /** Ed25519 (RFC 8032); the signature in base64url. */
  sign(bytes: Uint8Array, key: SecretKey): string;
  /** False for anything that is not a valid signature, malformed keys and signatures included. */
  verify(bytes: Uint8Array, signature: string, publicKey: string): boolean;
  /** AES-256-GCM: key 32 bytes, nonce 12 bytes; the 16-byte tag follows the ciphertext. */
  aeadSeal(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, plain: Uint8Array): Uint8Array;
  /** The plaintext, or null where the tag does not hold. */
  aeadOpen(key: Uint8Array, nonce: Uint8Array, header: Uint8Array, sealed: Uint8Array): Uint8Array | null;
}

/** The only source of chance. */
export interface RandomSource {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** Unguessable bytes. */
  bytes(length: number): Uint8Array;
}
