// Compares the key of a server with the expected one, which may be given as a fingerprint [RELAY-1].

/** Returns the fingerprint of a key: six words joined by `-`. No key has this form. */
export type FingerprintOf = (key: string) => string;

/** `expected`: a key, or a fingerprint. */
export function isExpected(expected: string, key: string, fingerprintOf: FingerprintOf): boolean {
  return expected === key || expected === fingerprintOf(key);
}
