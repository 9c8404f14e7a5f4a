// Dials a link: tries all endpoints at a constant pace, keeps the first that proves to be the right peer, and
// closes the others.

import { connect, createSecureContext, type ConnectionOptions, type SecureContext, type TLSSocket } from 'node:tls';
import { LIMITS } from '../../protocols/kit/limits.js';
import { endpointText, type Endpoint } from '../net/endpoint.js';
import { explainError, OperationalError } from '../operational-error.js';
import type { Certificate } from './certificate.js';
import { LinkSocket } from './link-socket.js';
import { knockAt, type KnockTerms } from './sealed-knock.js';
import { KNOCKING_TLS, LINK_PROTOCOL, MUTUAL_TLS, PEER_PROTOCOL, peerKeyOf, tlsOptions } from './tls-options.js';

export interface DialOptions {
  /** In the order of preference; at most `endpointsPerOffer` are tried. */
  readonly endpoints: readonly Endpoint[];
  readonly timeoutMs: number;
  /** False: a dial that fails ends only after `timeoutMs`, so that its end does not tell which ports are open. */
  readonly mayEndEarly?: boolean;
  /** Cancels the dial. */
  readonly signal?: AbortSignal;
}

/** For a dial of a channel server, whose certificate proves its key. */
export interface CertifiedDialOptions extends DialOptions {
  readonly certificate: Certificate;
  /** Whether this key (raw, base64url) is the wanted peer. Absent: any key but our own. */
  readonly accepts?: (peerKey: string) => boolean;
  /** The ALPN protocol. Absent: the protocol of channel servers. */
  readonly protocol?: string;
  /** True: a link to ourselves is accepted too, and the caller decides. */
  readonly mayBeUs?: boolean;
}

/** The first link that succeeds. Throws OperationalError with one line if none does in time. */
export function dialLink(options: CertifiedDialOptions): Promise<LinkSocket> {
  const { certificate, accepts = () => true, protocol = PEER_PROTOCOL, mayBeUs = false } = options;
  const isRight = (peerKey: string): boolean => (mayBeUs || peerKey !== certificate.publicKey) && accepts(peerKey);
  const prove = (socket: TLSSocket): Promise<string | null> => {
    const peerKey = peerKeyOf(socket);
    return Promise.resolve(peerKey !== null && isRight(peerKey) ? peerKey : null);
  };
  return begun(options, { tls: { ...MUTUAL_TLS, secureContext: secureContextOf(certificate) }, protocol, prove });
}

/** For a dial of a client, which proves its device after we have proven ours. */
export interface KnockingDialOptions extends DialOptions {
  readonly knock: KnockTerms;
}

/** The first link with the wanted device. Throws OperationalError with one line if there is none in time. */
export function dialKnocking(options: KnockingDialOptions): Promise<LinkSocket> {
  const { knock } = options;
  const prove = async (socket: TLSSocket): Promise<string | null> =>
    (await knockAt(socket, knock)) ? knock.listener.device : null;
  return begun(options, { tls: KNOCKING_TLS, protocol: LINK_PROTOCOL, prove });
}

/** How a connection becomes a link. `prove` gives the proven key of the wanted peer, null for any other. */
interface LinkProof {
  readonly tls: ConnectionOptions;
  readonly protocol: string;
  readonly prove: (socket: TLSSocket) => Promise<string | null>;
}

function begun(options: DialOptions, proof: LinkProof): Promise<LinkSocket> {
  return new Promise((resolve, reject) => new DialAttempts(options, proof, { won: resolve, lost: reject }).begin());
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
    private readonly proof: LinkProof,
    private readonly settle: { won(link: LinkSocket): void; lost(trouble: OperationalError): void },
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
    const { tls, protocol } = this.proof;
    const socket = connect({ ...tls, ...endpoint, ALPNProtocols: [protocol] });
    this.underWay.add(socket);
    socket.once('secureConnect', () => void this.judge(socket, endpoint));
    socket.on('error', (error) => this.drop(socket, explainError(error, endpointText(endpoint))));
    socket.once('close', () => this.drop(socket, `${endpointText(endpoint)}: the other side closed the connection.`));
  }

  private async judge(socket: TLSSocket, endpoint: Endpoint): Promise<void> {
    const { protocol, prove } = this.proof;
    const peerKey = socket.alpnProtocol === protocol ? await prove(socket) : null;
    if (peerKey === null) return this.drop(socket, `${endpointText(endpoint)}: another device answered.`);
    if (!this.underWay.delete(socket)) return; // another endpoint won, or the connection broke
    const link = new LinkSocket(socket, peerKey);
    this.finish();
    this.settle.won(link);
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
    this.settle.lost(new OperationalError(reason));
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
