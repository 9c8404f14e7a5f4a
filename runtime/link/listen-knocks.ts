// Listens for callers that knock (protocols/links, "Knock"): the port shows nothing of its owner before a caller is
// admitted. All others get the same: silence, and the end at the same time.

import type { TLSSocket } from 'node:tls';
import { encodeFrame } from '../../protocols/kit/frames.js';
import type { Signed } from '../../protocols/kit/signed.js';
import { ListenerKnock, type ListenerKnockEffect } from '../../protocols/kit/knock/listener-knock.js';
import { primitives, type ExchangeKey, type SigningKey } from '../crypto.js';
import type { AdvisedFlags } from '../operational-error.js';
import { openLetter } from '../letter-encryption.js';
import { readFirstFrame } from './first-frame.js';
import { LinkSocket } from './link-socket.js';
import { listenTls, type LinkListener, type TlsConnection } from './tls-listener.js';
import {
  HTTP_PROTOCOL,
  knockExporter,
  LINK_PROTOCOL,
  namelessTlsOptions,
  peerKeyOf,
  POSTS_PROTOCOL,
} from './tls-options.js';

/** What a caller wants: frames, or posts over HTTP. */
export type KnockPurpose = 'link' | 'posts';

/** A caller that has proven its device and waits. Unless it is admitted it gets nothing, and ends like all others. */
export interface WaitingCaller {
  readonly purpose: KnockPurpose;
  /** The proven device key (raw, base64url). */
  readonly device: string;
  /** Unverified; null if the caller shows none, as other programs do. */
  readonly record: Signed | null;
  /** Proves our device to the caller and hands the connection over to `onLink` or `onHttp`. */
  admit(): void;
}

export interface KnockListenOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** The flags that choose the address. */
  readonly flags?: AdvisedFlags;
  readonly keys: { readonly device: SigningKey; readonly exchange: ExchangeKey };
  readonly onCaller: (caller: WaitingCaller) => void;
  readonly onLink: (link: LinkSocket) => void;
  /** Takes HTTP connections of an admitted caller. `peerKey` as in LinkSocket. */
  readonly onHttp: (socket: TLSSocket, peerKey: string) => void;
  /** For counting. */
  readonly onRefused?: (why: 'crowded' | 'handshake') => void;
}

/** Throws OperationalError if the port is not available. */
export function listenKnocks(options: KnockListenOptions): Promise<LinkListener> {
  const { host, port, flags, onRefused = () => undefined } = options;
  const address = { host, port, ...(flags && { flags }) };
  const protocols = [LINK_PROTOCOL, POSTS_PROTOCOL, HTTP_PROTOCOL];
  const onConnection = (connection: TlsConnection): void => arrived(connection, options);
  // Another key for each connection: two of them cannot be recognized as two of one program.
  return listenTls({ ...address, protocols, certificate: namelessTlsOptions, onConnection, onRefused });
}

function arrived(connection: TlsConnection, options: KnockListenOptions): void {
  const { alpnProtocol } = connection.socket;
  if (alpnProtocol === LINK_PROTOCOL) new KnockedConnection(connection, options, 'link').begin();
  else if (alpnProtocol === POSTS_PROTOCOL) new KnockedConnection(connection, options, 'posts').begin();
  // Programs that name no protocol, such as wget, speak HTTP.
  else if (alpnProtocol === HTTP_PROTOCOL || alpnProtocol === false) certified(connection, options);
}

/** Another program, such as curl: its certificate proves the device of a friend, and it asks for no proof of ours. */
function certified(connection: TlsConnection, options: KnockListenOptions): void {
  const device = peerKeyOf(connection.socket);
  if (device === null) return;
  const admit = (): void => handOver(connection, options, { purpose: 'posts', device });
  options.onCaller({ purpose: 'posts', device, record: null, admit });
}

interface Admitted {
  readonly purpose: KnockPurpose;
  readonly device: string;
}

function handOver(connection: TlsConnection, options: KnockListenOptions, { purpose, device }: Admitted): void {
  const { socket } = connection;
  if (socket.destroyed) return;
  connection.proven();
  connection.admitted();
  if (purpose === 'posts') options.onHttp(socket, device);
  else options.onLink(new LinkSocket(socket, device));
}

class KnockedConnection {
  private readonly knock: ListenerKnock;

  constructor(
    private readonly connection: TlsConnection,
    private readonly options: KnockListenOptions,
    private readonly purpose: KnockPurpose,
  ) {
    const { device } = options.keys;
    this.knock = new ListenerKnock({ exporter: knockExporter(connection.socket), device, primitives });
  }

  begin(): void {
    readFirstFrame(this.connection.socket, (text) => this.perform(this.knock.handle({ type: 'frame', text })));
  }

  private perform(effects: readonly ListenerKnockEffect[]): void {
    for (const effect of effects) this.performOne(effect);
  }

  private performOne(effect: ListenerKnockEffect): void {
    if (effect.type === 'unseal') return void this.unseal(effect);
    const { connection, options, purpose } = this;
    if (effect.type === 'judge') {
      const admit = (): void => this.perform(this.knock.handle({ type: 'judged', mayKnow: true }));
      return options.onCaller({ ...effect.caller, purpose, admit });
    }
    if (connection.socket.destroyed) return;
    connection.socket.write(encodeFrame(JSON.stringify(effect.frame)));
    handOver(connection, options, { purpose, device: effect.peerKey });
  }

  private async unseal({ sealed, info }: Extract<ListenerKnockEffect, { type: 'unseal' }>): Promise<void> {
    const plain = await openLetter(this.options.keys.exchange, sealed, info);
    this.perform(this.knock.handle({ type: 'unsealed', plain }));
  }
}
