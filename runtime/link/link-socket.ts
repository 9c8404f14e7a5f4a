// One link: frames both ways over mutual TLS, with a bound on everything that could pile up.
//
// Until `widen` exactly one frame of greeting size is read and the rest waits in the kernel: neither can a stranger
// make us read more, nor does what a friend sends right behind its greeting arrive before the greeting was judged.

import type { TLSSocket } from 'node:tls';
import { FrameReader } from '../../protocols/kit/frames.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { plainHost, type Endpoint } from '../net/endpoint.js';
import { plainBytes } from '../plain-bytes.js';
import { FrameBatch } from './frame-batch.js';

/** Why a link is over. */
export type LinkCloseReason =
  | 'closed by us'
  | 'closed by the other side'
  | 'the connection broke'
  | 'the other side sent a malformed frame'
  | 'the other side reads too slowly';

export interface LinkCallbacks {
  onText(text: string): void;
  /** All that was sent so far has left for the network. */
  onDrained?(): void;
  /** Called once; nothing follows. */
  onClosed(reason: LinkCloseReason): void;
}

const EXPORTER_LABEL = 'EXPORTER-kith-quick-1';

export class LinkSocket {
  readonly remote: Endpoint;
  /** Keying material that both ends of this link, and nobody else, can derive (RFC 8446, 7.5). */
  readonly exported: Uint8Array;
  private readonly reader = new FrameReader();
  private readonly batch = new FrameBatch();
  private callbacks: LinkCallbacks | null = null;
  private greeting: 'expected' | 'judged' | 'accepted' = 'expected';
  private isPaused = false;
  private isReading = false;
  private end: LinkCloseReason | null = null;
  private isGone = false;

  /** `peerKey`: the raw Ed25519 key that the peer has proven to hold, base64url. */
  constructor(
    private readonly socket: TLSSocket,
    readonly peerKey: string,
  ) {
    this.remote = { host: plainHost(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    this.exported = plainBytes(socket.exportKeyingMaterial(LIMITS.linkKeyingBytes, EXPORTER_LABEL, Buffer.alloc(0)));
    socket.setNoDelay(true);
    socket.on('error', () => this.finish('the connection broke'));
    socket.on('end', () => this.close('closed by the other side'));
    socket.on('close', () => this.closed());
  }

  /** Begins to read. Called once, by whoever the link was handed to; until then nothing is lost. */
  start(callbacks: LinkCallbacks): void {
    this.callbacks = callbacks;
    if (this.isGone) return callbacks.onClosed(this.end ?? 'the connection broke');
    this.socket.on('data', (chunk: Buffer) => this.take(chunk));
  }

  /**
   * Sends a frame, together with all others of this turn of the event loop. A peer that does not read loses the link.
   */
  send(text: string): void {
    if (this.end) return;
    if (this.batch.size === 0) process.nextTick(() => this.flush());
    this.batch.add(text);
    if (this.batch.size + this.socket.writableLength > LIMITS.linkQueueBytes) {
      this.destroy('the other side reads too slowly');
    }
  }

  /** The peer has been let in: it may send any number of frames, and large ones. */
  admit(): void {
    this.reader.allow(LIMITS.linkFrameBytes);
    this.greeting = 'accepted';
    this.read();
  }

  /** Reads nothing until `resume`; the peer's writes pile up at the peer. */
  pause(): void {
    this.isPaused = true;
    this.socket.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.read();
  }

  /** Closes when what was sent has left, or could not leave in time. Nothing more is read. */
  close(reason: LinkCloseReason = 'closed by us'): void {
    if (this.end) return;
    this.flush();
    this.end = reason;
    this.socket.end();
    this.socket.resume(); // the peer's end is seen only by reading up to it
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
    return !this.isPaused && this.end === null && this.greeting !== 'judged';
  }

  /**
   * Hands over the frames that are there. What a callback calls in turn (`widen`, `pause`) takes effect in this loop.
   */
  private read(): void {
    if (this.isReading || !this.callbacks) return;
    this.isReading = true;
    while (this.mayRead && this.readFrame(this.callbacks));
    this.isReading = false;
    if (this.end) return;
    if (this.mayRead) this.socket.resume();
    else this.socket.pause();
  }

  /** False where there is no whole frame yet. */
  private readFrame(callbacks: LinkCallbacks): boolean {
    const frame = this.reader.next();
    if (frame === null) return false;
    if ('fault' in frame) {
      this.destroy('the other side sent a malformed frame');
      return false;
    }
    if (this.greeting === 'expected') this.greeting = 'judged';
    callbacks.onText(frame.text);
    return true;
  }
}
