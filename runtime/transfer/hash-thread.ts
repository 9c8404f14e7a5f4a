// The thread that hashes files piece by piece: answers each order in turn, with the hash where that was asked for.

import { createHash, type Hash } from 'node:crypto';
import { serveRequests } from '../worker-thread.js';

/** `piece`: shared memory, which nobody changes until the answer came. */
export type HashRequest =
  | { readonly do: 'take'; readonly file: number; readonly piece: Uint8Array }
  | { readonly do: 'tell'; readonly file: number }
  | { readonly do: 'forget'; readonly file: number };

const hashes = new Map<number, Hash>();

/** Raw bytes of the hash, null where the order was another. */
const answer = serveRequests<HashRequest, Uint8Array | null>((order) => answer(carryOut(order)));

function carryOut(order: HashRequest): Uint8Array | null {
  const { file } = order;
  const hash = hashes.get(file) ?? createHash('sha256');
  if (order.do === 'take') {
    hashes.set(file, hash.update(order.piece));
    return null;
  }
  hashes.delete(file);
  return order.do === 'tell' ? hash.digest() : null;
}
