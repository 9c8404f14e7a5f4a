// The one place where bytes of the platform become bytes of pure code: a copy, and never a Buffer.

import { copyOf } from '../protocols/kit/bytes.js';

/**
 * A plain copy of what a socket or the platform's cryptography gave. A Buffer is not what its type says: its `slice` is
 * a view of shared memory, so pure code that copies by `slice` would write into what it copied.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return copyOf(bytes);
}
