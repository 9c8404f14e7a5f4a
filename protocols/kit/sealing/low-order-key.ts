// Public keys of Ed25519 without a secret: under a point of small order some signature holds for any text, and anybody
// can make it.

/** The field, and the y of the eight points of small order; two have y = 1 or -1, the others come in pairs. */
const FIELD = 2n ** 255n - 19n;
const EIGHTH = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL_ORDER = new Set([0n, 1n, FIELD - 1n, EIGHTH, FIELD - EIGHTH]);

/** `key`: the 32 raw bytes, as RFC 8032 encodes a point. Also true of those that encode none. */
export function isLowOrderKey(key: Uint8Array): boolean {
  const littleEndian = key.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const y = BigInt.asUintN(255, littleEndian); // without the sign of x
  return y >= FIELD || SMALL_ORDER.has(y);
}
