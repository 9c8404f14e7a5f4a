// Low-order public keys of Ed25519: under such a key, a signature that anyone can make is valid for any text.

/** The field, and the y coordinates of the eight points of low order. */
const FIELD = 2n ** 255n - 19n;
const EIGHTH = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const LOW_ORDER = new Set([0n, 1n, FIELD - 1n, EIGHTH, FIELD - EIGHTH]);

/** `key`: 32 raw bytes, a point as RFC 8032 encodes it. Also true for some bytes that encode no point. */
export function isLowOrderKey(key: Uint8Array): boolean {
  const littleEndian = key.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const y = BigInt.asUintN(255, littleEndian); // without the sign of x
  return y >= FIELD || LOW_ORDER.has(y);
}
