// The thread that hashes files in pieces. It answers each request in order: a digest with the hash, others with null.

import { createHash, type Hash } from 'node:crypto';
import { serveRequests } from '../worker-thread.js';

/** `piece`: shared memory that stays unchanged until the answer. */
export type HashRequest =
  | { readonly type: 'update'; readonly file: number; readonly piece: Uint8Array }
  | { readonly type: 'digest'; readonly file: number }
  | { readonly type: 'discard'; readonly file: number };

const hashes = new Map<number, Hash>();

const answer = serveRequests<HashRequest, Uint8Array | null>((request) => answer(perform(request)));

function perform(request: HashRequest): Uint8Array | null {
  const { file } = request;
  const hash = hashes.get(file) ?? createHash('sha256');
  if (request.type === 'update') {
    hashes.set(file, hash.update(request.piece));
    return null;
  }
  hashes.delete(file);
  return request.type === 'digest' ? hash.digest() : null;
}
