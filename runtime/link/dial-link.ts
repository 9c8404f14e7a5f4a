// Dials a link: tries all endpoints at a constant pace, keeps the first that proves to be the right peer, and
// closes the others.

import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import { LIMITS } from '../../protocols/kit/limits.js';
import { endpointText, type Endpoint } from '../net/endpoint.js';
import { explainError, OperationalError } from '../operational-error.js';
import type { Certificate } from './certificate.js';
import { LinkSocket } from './link-socket.js';
import { LINK_PROTOCOL, MUTUAL_TLS, peerKeyOf, tlsOptions } from './tls-options.js';

export interface DialOptions {
  /** In the order of preference; at most `endpointsPerOffer` are tried. */
  readonly endpoints: readonly Endpoint[];
  readonly certificate: Certificate;
  readonly timeoutMs: number;
  /** Whether this key (raw, base64url) is the wanted peer. Absent: any key but our own. */
  readonly accepts?: (peerKey: string) => boolean;
  /** The ALPN protocol. Absent: the protocol of devices. */
  readonly protocol?: string;
  /** True: a link to ourselves is accepted too, and the caller decides. */
  readonly mayBeUs?: boolean;
  /** False: a dial that fails ends only after `timeoutMs`, so that its end does not tell which ports are open. */
  readonly mayEndEarly?: boolean;
  /** Cancels the dial. */
  readonly signal?: AbortSignal;
}

/** The first link that succeeds. Throws OperationalError with one line if none does in time. */
export function dialLink(options: DialOptions): Promise<LinkSocket> {
  return new Promise((resolve, reject) => new DialAttempts(options, resolve, reject).begin());
}

const contexts = new WeakMap<Certificate, SecureContext>();

/** Made once per certificate: parsing PEM takes longer than the rest of a dial. */
function secureContextOf(certificate: Certificate): SecureContext {
  const context = contexts.get(certificate) ?? createSecureContext(tlsOptions(certificate));
  contexts.set(certificate, context);
  return context;
}

/** `connect` throws for any other endpoint. */
function isDialable({ host, port }: Endpoint): boolean {
  return host !== '' && Number.isInteger(port) && port > 0 && port < 65_536;
}

/** One dial: several attempts at a time, of which one can win. */
class DialAttempts {
  private readonly untried: Endpoint[];
  private readonly underWay = new Set<TLSSocket>();
  private readonly failures: string[] = [];
  private readonly deadline: NodeJS.Timeout;
  private stagger: NodeJS.Timeout | undefined;
  private isOver = false;

  constructor(
    private readonly options: DialOptions,
    private readonly won: (link: LinkSocket) => void,
    private readonly lost: (trouble: OperationalError) => void,
  ) {
    this.untried = options.endpoints.filter(isDialable).slice(0, LIMITS.endpointsPerOffer);
    this.deadline = setTimeout(
      () => this.giveUp(['no answer in time', ...this.failures].join('. ')),
      options.timeoutMs,
    );
    options.signal?.addEventListener('abort', this.abort);
  }

  private readonly abort = (): void => this.giveUp('the dial was cancelled');

  /** Tries an endpoint every `dialStaggerMs`. A failure changes nothing: the pace would tell which ports are open. */
  begin(): void {
    if (this.isOver) return;
    const endpoint = this.untried.shift();
    if (endpoint) this.attempt(endpoint);
    else this.fail('there is no address to try');
    if (this.untried.length > 0) this.stagger = setTimeout(() => this.begin(), LIMITS.dialStaggerMs);
  }

  private attempt(endpoint: Endpoint): void {
    const secureContext = secureContextOf(this.options.certificate);
    const socket = connect({ ...MUTUAL_TLS, ...endpoint, secureContext, ALPNProtocols: [this.protocol] });
    this.underWay.add(socket);
    socket.once('secureConnect', () => this.judge(socket, endpoint));
    socket.on('error', (error) => this.drop(socket, explainError(error, endpointText(endpoint))));
    socket.once('close', () => this.drop(socket, `${endpointText(endpoint)}: the other side closed the connection.`));
  }

  private judge(socket: TLSSocket, endpoint: Endpoint): void {
    const peerKey = peerKeyOf(socket);
    const isRight = peerKey !== null && socket.alpnProtocol === this.protocol && this.accepts(peerKey);
    if (!isRight) return this.drop(socket, `${endpointText(endpoint)}: another device answered.`);
    this.underWay.delete(socket);
    const link = new LinkSocket(socket, peerKey);
    this.finish();
    this.won(link);
  }

  private accepts(peerKey: string): boolean {
    const { accepts, certificate, mayBeUs = false } = this.options;
    return (mayBeUs || peerKey !== certificate.publicKey) && (accepts?.(peerKey) ?? true);
  }

  private get protocol(): string {
    return this.options.protocol ?? LINK_PROTOCOL;
  }

  private drop(socket: TLSSocket, reason: string): void {
    if (!this.underWay.delete(socket)) return;
    socket.destroy();
    this.failures.push(reason);
    if (this.untried.length === 0 && this.underWay.size === 0) this.fail(this.failures.join(' '));
  }

  /** Every endpoint has failed. */
  private fail(reason: string): void {
    if (this.options.mayEndEarly ?? true) this.giveUp(reason);
  }

  private giveUp(reason: string): void {
    if (this.isOver) return;
    this.finish();
    this.lost(new OperationalError(reason));
  }

  private finish(): void {
    this.isOver = true;
    this.options.signal?.removeEventListener('abort', this.abort);
    clearTimeout(this.deadline);
    clearTimeout(this.stagger);
    for (const socket of this.underWay) socket.destroy();
    this.underWay.clear();
  }
}
