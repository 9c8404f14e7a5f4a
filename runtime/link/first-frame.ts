// Reads exactly one frame of hello size from a new TLS connection, and leaves the connection paused.

import type { TLSSocket } from 'node:tls';
import { FrameReader } from '../../protocols/kit/frames.js';
import { plainBytes } from '../plain-bytes.js';

/** Collects the bytes of one frame. The peer waits for an answer after it, so bytes behind it are a fault. */
export class FirstFrame {
  private readonly reader = new FrameReader();

  /** The text of the frame when it is complete, `malformed`, or null while bytes are missing. */
  take(bytes: Uint8Array): { readonly text: string } | 'malformed' | null {
    this.reader.push(plainBytes(bytes));
    const frame = this.reader.next();
    if (frame === null) return null;
    return 'text' in frame && !this.reader.holdsMore ? frame : 'malformed';
  }
}

/** Calls `then` once, with null for anything but a single frame. Never calls it if the connection ends before. */
export function readFirstFrame(socket: TLSSocket, then: (text: string | null) => void): void {
  const frame = new FirstFrame();
  const take = (chunk: Buffer): void => {
    const taken = frame.take(chunk);
    if (taken === null) return;
    socket.off('data', take);
    socket.pause();
    then(taken === 'malformed' ? null : taken.text);
  };
  socket.on('data', take);
}
