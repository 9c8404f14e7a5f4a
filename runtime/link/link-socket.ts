// One link: frames in both directions over TLS between proven devices, with a bound on every buffer.
//
// Before `admit`, exactly one frame of hello size is read, and the rest waits in the kernel. So a stranger cannot make
// us read more, and the frames that a friend sends behind its hello arrive only after the hello was checked.

import type { TLSSocket } from 'node:tls';
import { FrameReader } from '../../protocols/kit/frames.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { plainHost, type Endpoint } from '../net/endpoint.js';
import { plainBytes } from '../plain-bytes.js';
import { FrameBatch } from './frame-batch.js';

/** Why a link was closed. */
export type LinkCloseReason =
  | 'closed by us'
  | 'closed by the other side'
  | 'the connection broke'
  | 'the other side sent a malformed frame'
  | 'the other side reads too slowly';

export interface LinkCallbacks {
  onText(text: string): void;
  /** Everything sent so far was handed to the network. */
  onDrained?(): void;
  /** Called once, last. */
  onClosed(reason: LinkCloseReason): void;
}

const SILENT: LinkCallbacks = { onText: () => undefined, onClosed: () => undefined };

const EXPORTER_LABEL = 'EXPORTER-kith-quick-1';

export class LinkSocket {
  readonly remote: Endpoint;
  /** Keying material that only both ends of this link can derive (RFC 8446, 7.5). */
  readonly exported: Uint8Array;
  private readonly reader = new FrameReader();
  private readonly batch = new FrameBatch();
  private callbacks: LinkCallbacks | null = null;
  private hello: 'expected' | 'received' | 'accepted' = 'expected';
  private isPaused = false;
  private isReading = false;
  private end: LinkCloseReason | null = null;
  private isGone = false;

  /**
   * `peerKey`: the raw Ed25519 key whose possession the peer has proven, base64url. `onAdmitted`: tells the listener
   * that the peer is known.
   */
  constructor(
    private readonly socket: TLSSocket,
    readonly peerKey: string,
    private readonly onAdmitted: () => void = () => undefined,
  ) {
    this.remote = { host: plainHost(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    this.exported = plainBytes(socket.exportKeyingMaterial(LIMITS.linkKeyingBytes, EXPORTER_LABEL, Buffer.alloc(0)));
    socket.setNoDelay(true);
    socket.on('error', () => this.finish('the connection broke'));
    socket.on('end', () => this.close('closed by the other side'));
    socket.on('close', () => this.closed());
  }

  /** Starts reading. Called once by each owner of the link. Bytes that arrive before are kept. */
  start(callbacks: LinkCallbacks): void {
    const isFirst = this.callbacks === null;
    this.callbacks = callbacks;
    if (this.isGone) return callbacks.onClosed(this.end ?? 'the connection broke');
    if (!isFirst) return this.resume();
    this.socket.on('data', (chunk: Buffer) => this.take(chunk));
    this.read(); // a knock before has left the socket paused
  }

  /** Ends the ownership: reads nothing and calls no callback until the next owner calls `start`. */
  release(): void {
    this.pause();
    this.callbacks = SILENT;
  }

  /** Sends a frame together with the others of this tick. A peer that does not read loses the link. */
  send(text: string): void {
    if (this.end) return;
    if (this.batch.size === 0) process.nextTick(() => this.flush());
    this.batch.add(text);
    if (this.batch.size + this.socket.writableLength > LIMITS.linkQueueBytes) {
      this.destroy('the other side reads too slowly');
    }
  }

  /** Admits the peer: from now on it may send any number of frames, up to `linkFrameBytes` each. */
  admit(): void {
    this.reader.allow(LIMITS.linkFrameBytes);
    this.hello = 'accepted';
    this.onAdmitted();
    this.read();
  }

  /** Reads nothing until `resume`. The peer's writes then wait at the peer. */
  pause(): void {
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.read();
  }

  /** Closes when the frames have been sent, or at the latest after `closeTimeoutMs`. Reads no more. */
  close(reason: LinkCloseReason = 'closed by us'): void {
    if (this.end) return;
    this.flush();
    this.end = reason;
    this.socket.end();
    this.socket.resume(); // the end of the peer is noticed only by reading up to it
    const linger = setTimeout(() => this.socket.destroy(), LIMITS.closeTimeoutMs);
    this.socket.once('close', () => clearTimeout(linger));
  }

  /** Closes now. */
  destroy(reason: LinkCloseReason = 'closed by us'): void {
    this.finish(reason);
    this.socket.destroy();
  }

  private finish(reason: LinkCloseReason): void {
    this.end ??= reason;
  }

  private closed(): void {
    this.isGone = true;
    this.finish('the connection broke');
    this.callbacks?.onClosed(this.end ?? 'the connection broke');
  }

  private flush(): void {
    if (this.end === null && this.batch.size > 0) this.socket.write(this.batch.take(), () => this.wrote());
  }

  private wrote(): void {
    const isAllGone = this.batch.size === 0 && this.socket.writableLength === 0;
    if (isAllGone && this.end === null) this.callbacks?.onDrained?.();
  }

  private take(chunk: Buffer): void {
    if (this.end) return;
    this.reader.push(plainBytes(chunk));
    this.read();
  }

  private get mayRead(): boolean {
    return !this.isPaused && this.end === null && this.hello !== 'received';
  }

  /** Passes on the complete frames. Calls of `admit` and `pause` in a callback take effect in this loop. */
  private read(): void {
    if (this.isReading || !this.callbacks) return;
    this.isReading = true;
    while (this.mayRead && this.readFrame(this.callbacks));
    this.isReading = false;
    if (this.end) return;
    if (this.mayRead) this.socket.resume();
    else this.socket.pause();
  }

  /** False if there is no complete frame yet. */
  private readFrame(callbacks: LinkCallbacks): boolean {
    const frame = this.reader.next();
    if (frame === null) return false;
    if ('fault' in frame) {
      this.destroy('the other side sent a malformed frame');
      return false;
    }
    if (this.hello === 'expected') this.hello = 'received';
    callbacks.onText(frame.text);
    return true;
  }
}
