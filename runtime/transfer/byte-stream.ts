// A fast connection for reading: TLS to a device at which we knock, into one buffer that is reused.

import { viewOf } from '../../protocols/kit/bytes.js';
import { connect, type TLSSocket } from 'node:tls';
import { LIMITS } from '../../protocols/kit/limits.js';
import { FirstFrame } from '../link/first-frame.js';
import { sealKnock, type KnockTerms, type SealedKnock } from '../link/sealed-knock.js';
import { KNOCKING_TLS, POSTS_PROTOCOL } from '../link/tls-options.js';
import type { Endpoint } from '../net/endpoint.js';

const BUFFER_BYTES = 64 * 1_024;
const NO_ANSWER = 'the other side does not answer.';
const BROKEN = 'the connection broke.';

export interface ByteStreamOptions {
  readonly knock: KnockTerms;
  /** Sent when the peer has proven its device. */
  readonly request: string;
  /** The bytes are overwritten once this returns. */
  readonly onBytes: (bytes: Uint8Array) => void;
  /** Called once, last, if the connection was open. `why`: null for a normal end. */
  readonly onEnd: (why: string | null) => void;
}

export interface ByteStream {
  pause(): void;
  resume(): void;
  close(): void;
}

/** Tries the endpoints one after the other. Returns the reason as text if none succeeds: for a person, without addresses. */
export async function openByteStream(
  endpoints: readonly Endpoint[],
  options: ByteStreamOptions,
): Promise<ByteStream | string> {
  const failures: string[] = [];
  for (const endpoint of endpoints.slice(0, LIMITS.endpointsPerOffer)) {
    const stream = await attempt(endpoint, options);
    if (typeof stream !== 'string') return stream;
    failures.push(stream);
  }
  return [...new Set(failures)].join(' ');
}

function attempt(endpoint: Endpoint, options: ByteStreamOptions): Promise<ByteStream | string> {
  return new Promise((settle) => new StreamAttempt(endpoint, options, settle).begin());
}

class StreamAttempt {
  private state: 'dialling' | 'open' | 'over' = 'dialling';
  private readonly socket: TLSSocket;
  private readonly deadline: NodeJS.Timeout;
  private readonly answer = new FirstFrame();
  private knock: SealedKnock | null = null;

  constructor(
    endpoint: Endpoint,
    private readonly options: ByteStreamOptions,
    private readonly settle: (stream: ByteStream | string) => void,
  ) {
    const callback = (length: number, bytes: Uint8Array): boolean => {
      this.take(viewOf(bytes, 0, length));
      return true;
    };
    const onread = { buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES), callback };
    const terms = { ...KNOCKING_TLS, ...endpoint, onread };
    this.socket = connect({ ...terms, ALPNProtocols: [POSTS_PROTOCOL] });
    this.deadline = setTimeout(() => this.end(NO_ANSWER), LIMITS.linkHandshakeMs);
  }

  begin(): void {
    this.socket.once('secureConnect', () => void this.sendKnock());
    this.socket.on('error', () => this.end(this.state === 'open' ? BROKEN : NO_ANSWER));
    this.socket.once('end', () => this.end(null));
    this.socket.once('close', () => this.end(BROKEN));
  }

  private async sendKnock(): Promise<void> {
    this.knock = await sealKnock(this.socket, this.options.knock);
    if (this.state !== 'dialling') return;
    if (this.knock === null) return this.end('another device answered.');
    this.socket.write(this.knock.bytes);
  }

  private take(bytes: Uint8Array): void {
    if (this.state === 'open') return this.options.onBytes(bytes);
    if (this.state === 'over') return;
    const taken = this.answer.take(bytes);
    if (taken === null) return;
    const isRight = taken !== 'malformed' && (this.knock?.isAnswered(taken.text) ?? false);
    if (isRight) this.open();
    else this.end('another device answered.');
  }

  private open(): void {
    const { socket } = this;
    clearTimeout(this.deadline);
    this.state = 'open';
    socket.setTimeout(LIMITS.postStallMs, () => this.end('the transfer stalled.'));
    socket.write(this.options.request);
    this.settle({ pause: () => socket.pause(), resume: () => socket.resume(), close: () => this.end(null) });
  }

  private end(why: string | null): void {
    clearTimeout(this.deadline);
    this.socket.destroy();
    const was = this.state;
    this.state = 'over';
    if (was === 'dialling') this.settle(why ?? 'the other side closed the connection.');
    if (was === 'open') this.options.onEnd(why);
  }
}
