// Which key must answer at a place [RELAY-1]: one that is known, or one of which somebody knows the fingerprint.

/** The fingerprint of a key: six words joined by `-`. No key looks like that. */
export type FingerprintOf = (key: string) => string;

/** `expected`: a key, or the words of its fingerprint. */
export function isExpected(expected: string, key: string, wordsOf: FingerprintOf): boolean {
  return expected === key || expected === wordsOf(key);
}
