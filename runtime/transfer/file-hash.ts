// SHA-256 of a file that comes in pieces, computed in a thread of its own: hashing a gigabyte takes half as long as its
// way through TLS, and on another processor it takes no time at all.

import { toBase64url } from '../../protocols/kit/bytes.js';
import { WorkerThread } from '../worker-thread.js';
import type { HashRequest } from './hash-thread.js';

export class FileHash {
  private static lastFile = 0;
  private readonly file = (FileHash.lastFile += 1);

  /** Settles once the piece was taken, and may be overwritten. It must lie in shared memory. */
  async update(piece: Uint8Array): Promise<void> {
    await ask({ do: 'take', file: this.file, piece });
  }

  /** The hash of all pieces in the order in which they were given, base64url. Called once, last. */
  async digest(): Promise<string> {
    return toBase64url((await ask({ do: 'tell', file: this.file })) ?? new Uint8Array(0));
  }

  /** Nobody will ask for the hash. */
  discard(): void {
    void ask({ do: 'forget', file: this.file });
  }
}

let thread: WorkerThread<HashRequest, Uint8Array | null> | null = null;
/** Those who wait for an answer, in the order in which they asked. */
const asked: ((answer: Uint8Array | null) => void)[] = [];

function ask(order: HashRequest): Promise<Uint8Array | null> {
  thread ??= new WorkerThread(new URL('./hash-thread.js', import.meta.url), heard);
  thread.keepsProcess(true);
  thread.send(order);
  return new Promise((settle) => asked.push(settle));
}

function heard(answer: Uint8Array | null): void {
  asked.shift()?.(answer);
  if (asked.length === 0) thread?.keepsProcess(false);
}
