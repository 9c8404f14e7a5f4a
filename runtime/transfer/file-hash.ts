// SHA-256 of a file in pieces, computed in a second thread: hashing a gigabyte takes half as long as its TLS, and on
// another processor it does not delay the transfer.

import { toBase64url } from '../../protocols/kit/bytes.js';
import { WorkerThread } from '../worker-thread.js';
import type { HashRequest } from './hash-thread.js';

export class FileHash {
  private static lastFile = 0;
  private readonly file = (FileHash.lastFile += 1);

  /** Settles when the piece was hashed and may be overwritten. It must be in shared memory. */
  async update(piece: Uint8Array): Promise<void> {
    await ask({ type: 'update', file: this.file, piece });
  }

  /** The hash of all pieces in order, base64url. Called once, last. */
  async digest(): Promise<string> {
    return toBase64url((await ask({ type: 'digest', file: this.file })) ?? new Uint8Array(0));
  }

  /** Releases the state of a file whose hash is not needed. */
  discard(): void {
    void ask({ type: 'discard', file: this.file });
  }
}

let thread: WorkerThread<HashRequest, Uint8Array | null> | null = null;
/** The pending requests in order. */
const pending: ((answer: Uint8Array | null) => void)[] = [];

function ask(request: HashRequest): Promise<Uint8Array | null> {
  thread ??= new WorkerThread(new URL('./hash-thread.js', import.meta.url), onResponse);
  thread.keepsProcess(true);
  thread.send(request);
  return new Promise((settle) => pending.push(settle));
}

function onResponse(answer: Uint8Array | null): void {
  pending.shift()?.(answer);
  if (pending.length === 0) thread?.keepsProcess(false);
}
