// A cheap WebSocket client: it counts frames, and reads their bytes only during the entry.

import { connect, type Socket } from 'node:net';

const MASK_KEY = Buffer.alloc(4);
const LENGTH_IN_16_BITS = 126;
const LENGTH_IN_64_BITS = 127;
const HEADER_BYTES_MAX = 10;

export class Listener {
  /** Frames since the last `onFrame` was set. */
  frames = 0;
  private readonly socket: Socket;
  private isOpen = false;
  private rest: Buffer = Buffer.alloc(0);
  private skip = 0;
  /** Receives whole texts while it is set. */
  private onText: ((text: string) => void) | null = null;
  onFrame: (count: number) => void = () => undefined;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setNoDelay(true);
    this.socket.write(
      'GET /v1/channels HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    );
    this.socket.on('data', (chunk: Buffer) => (this.isOpen ? this.take(chunk) : this.open(chunk)));
  }

  /** Waits for a text that `accepts`. */
  hear(accepts: (text: string) => boolean): Promise<string> {
    return new Promise((resolve) => {
      this.onText = (text) => {
        if (accepts(text)) resolve(text);
      };
    });
  }

  /** From here on frames are only counted. */
  count(): void {
    this.onText = null;
    this.frames = 0;
  }

  /** The bytes of a text as a client sends it; the mask is zero. */
  static message(text: string): Buffer {
    const body = Buffer.from(text);
    const isShort = body.length < LENGTH_IN_16_BITS;
    const header = Buffer.alloc(isShort ? 2 : 4);
    header.set([0x81, 0x80 | (isShort ? body.length : LENGTH_IN_16_BITS)]);
    if (!isShort) header.writeUInt16BE(body.length, 2);
    return Buffer.concat([header, MASK_KEY, body]);
  }

  send(...messages: Buffer[]): void {
    this.socket.write(messages.length === 1 ? (messages[0] as Buffer) : Buffer.concat(messages));
  }

  close(): void {
    this.socket.destroy();
  }

  private open(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    const end = this.rest.indexOf('\r\n\r\n');
    if (end < 0) return;
    const first = this.rest.subarray(end + 4);
    this.rest = Buffer.alloc(0);
    this.isOpen = true;
    this.take(first);
  }

  private take(chunk: Buffer): void {
    let at = Math.min(this.skip, chunk.length);
    this.skip -= at;
    if (this.skip > 0) return;
    let data = at === 0 ? chunk : chunk.subarray(at);
    if (this.rest.length > 0) data = Buffer.concat([this.rest, data]);
    at = 0;
    for (let end = this.frame(data, at); end > at; end = this.frame(data, at)) at = end;
    this.rest = at >= data.length ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
    this.skip = Math.max(0, at - data.length);
  }

  /** The end of the frame that begins at `at`, possibly beyond the data; `at` if the header is incomplete. */
  private frame(data: Buffer, at: number): number {
    if (data.length < at + 2) return at;
    const short = (data[at + 1] ?? 0) & 0x7f;
    const headerBytes = short < LENGTH_IN_16_BITS ? 2 : short === LENGTH_IN_64_BITS ? HEADER_BYTES_MAX : 4;
    if (data.length < at + headerBytes) return at;
    const bodyBytes = short < LENGTH_IN_16_BITS ? short : lengthAt(data, at + 2, headerBytes);
    const end = at + headerBytes + bodyBytes;
    if (this.onText && end > data.length) return at;
    this.frames += 1;
    this.onText?.(data.toString('utf8', at + headerBytes, end));
    if (!this.onText) this.onFrame(this.frames);
    return end;
  }
}

function lengthAt(data: Buffer, at: number, headerBytes: number): number {
  return headerBytes === 4 ? data.readUInt16BE(at) : Number(data.readBigUInt64BE(at));
}
