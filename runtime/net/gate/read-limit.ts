// Bounds what is read from a peer that has not proven anything yet.

import type { Duplex } from 'node:stream';

/** Calls `onExceeded` once, when more than `bytesMax` bytes were read. Returns a function that lifts the limit. */
export function limitBytesRead(stream: Duplex, bytesMax: number, onExceeded: () => void): () => void {
  let readBytes = 0;
  const count = (chunk: Uint8Array): void => {
    readBytes += chunk.length;
    if (readBytes <= bytesMax) return;
    stream.off('data', count);
    onExceeded();
  };
  stream.on('data', count);
  return () => void stream.off('data', count);
}
