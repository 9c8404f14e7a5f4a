// Turns bytes of the platform into bytes for pure code: a copy that is never a Buffer.

import { copyOf } from '../protocols/kit/bytes.js';

/**
 * A plain copy of what a socket or the platform's cryptography gave. A Buffer is not what its type says: its `slice` is
 * a view of shared memory, so pure code that copies by `slice` would write into what it copied.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  return copyOf(bytes);
}
