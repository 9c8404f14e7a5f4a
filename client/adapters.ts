// Performs the engine's effects with sockets and keys, and turns what arrives into inputs of the engine.

import type { TLSSocket } from 'node:tls';
import { parseJson } from '../protocols/kit/bytes.js';
import { LIMITS } from '../protocols/kit/limits.js';
import type { Identity } from '../runtime/disk/identity-file.js';
import { errorLines } from '../runtime/process/exit.js';
import { importSecret } from '../runtime/crypto.js';
import { openLetter, sealLetter } from '../runtime/letter-encryption.js';
import { dialKnocking } from '../runtime/link/dial-link.js';
import type { LinkSocket } from '../runtime/link/link-socket.js';
import type { WaitingCaller } from '../runtime/link/listen-knocks.js';
import type { PortPair } from '../runtime/net/port-pair.js';
import { openSession, type SessionSocket } from '../runtime/net/server-connection/session-socket.js';
import { ChannelConnection } from './channel-connection.js';
import { DirectoryClient } from './directory-client.js';
import { Transfers } from './transfers/transfers.js';
import type { Effect, Input, KeptLink } from './engine/core/io.js';

/** All effects but those that the user interface and the host perform. */
export type AdapterEffect = Exclude<Effect, { type: 'answer' | 'event' | 'renew_device' }>;

/** A link on its way to the next device. */
export interface KeptSocket extends Omit<KeptLink, 'link'> {
  readonly socket: LinkSocket;
}

export interface AdapterOptions {
  readonly server: string;
  /** The user's own directory. */
  readonly data: string;
  readonly inviteCode: string | null;
  readonly identity: Identity;
  readonly put: (input: Input) => void;
  /** Makes the input with the endpoints where friends can reach this machine now. */
  readonly network: () => Input;
}

export class Adapters {
  private readonly directory: DirectoryClient;
  private readonly transfers: Transfers;
  private readonly links = new Map<number, LinkSocket>();
  private session: { number: number; socket: SessionSocket } | null = null;
  private channels: { number: number; connection: ChannelConnection } | null = null;
  private ports: PortPair | null = null;
  private lastLink = 0;
  private readonly knocks = new Map<number, WaitingCaller>();
  private lastKnock = 0;
  /** Unfinished dials. Closing aborts them: each would keep the process running, or open a link without an owner. */
  private readonly dials = new Set<AbortController>();

  constructor(private readonly options: AdapterOptions) {
    this.directory = new DirectoryClient(options.server, options.inviteCode);
    this.transfers = new Transfers({ ...options, device: options.identity.device });
  }

  /** A caller with a proven device waits for the judgement of the engine. */
  judge(caller: WaitingCaller): void {
    const { purpose, device, record } = caller;
    this.lastKnock += 1;
    this.knocks.set(this.lastKnock, caller);
    this.options.put({ type: 'knocked', knock: this.lastKnock, purpose, device, record });
  }

  private answerKnock(knock: number, isAdmitted: boolean): void {
    const caller = this.knocks.get(knock);
    this.knocks.delete(knock);
    if (isAdmitted) caller?.admit();
  }

  /** A TLS connection of a friend that requests posts. */
  serve(socket: TLSSocket, peerKey: string): void {
    this.transfers.opened(socket, peerKey);
  }

  /** The sockets at which friends reach this client. Datagrams also leave through them. */
  attach(ports: PortPair): void {
    this.ports = ports;
  }

  /** Takes over an open link. `dial`: the number of our dial, null if the peer dialled. */
  admit(socket: LinkSocket, dial: number | null): void {
    const { peerKey, remote, exported } = socket;
    const link = this.numberFor(socket);
    this.options.put({ type: 'link_opened', link, dial, peerKey, from: remote, exported });
    this.start(link, socket);
  }

  /** Takes over a link of the device before this one. */
  adopt({ socket, user, device }: KeptSocket): void {
    const link = this.numberFor(socket);
    this.options.put({ type: 'link_kept', link, user, device });
    this.start(link, socket);
  }

  /** Gives links away. They read nothing until they are adopted. */
  release(links: readonly KeptLink[]): KeptSocket[] {
    return links.flatMap(({ link, user, device }) => {
      const socket = this.links.get(link);
      if (!socket || !this.links.delete(link)) return [];
      socket.release();
      return [{ socket, user, device }];
    });
  }

  private numberFor(socket: LinkSocket): number {
    this.lastLink += 1;
    this.links.set(this.lastLink, socket);
    return this.lastLink;
  }

  private start(link: number, socket: LinkSocket): void {
    const { put } = this.options;
    socket.start({
      onText: (text) => put({ type: 'link_frame', link, frame: parseJson(text) }),
      onClosed: (reason) => {
        this.links.delete(link);
        put({ type: 'link_closed', link, reason });
      },
    });
  }

  perform(effect: AdapterEffect): void {
    switch (effect.type) {
      case 'ask':
      case 'seal':
      case 'unseal':
        return this.answerLater(effect);
      case 'session_open':
        return this.openSession(effect);
      case 'session_send':
        return this.ofSession(effect.session)?.send(effect.frame);
      case 'session_close':
        return this.ofSession(effect.session)?.close();
      case 'channel_open':
        return this.openChannels(effect.connection);
      case 'channel_send':
        return this.channelConnection(effect.connection)?.send(effect.frame);
      case 'channel_close':
        return this.channelConnection(effect.connection)?.close();
      case 'knock_admit':
      case 'knock_ignore':
        return this.answerKnock(effect.knock, effect.type === 'knock_admit');
      case 'dial':
        return this.dial(effect);
      case 'link_send':
        return this.links.get(effect.link)?.send(JSON.stringify(effect.frame));
      case 'link_widen':
        return this.links.get(effect.link)?.admit();
      case 'link_close':
        return this.links.get(effect.link)?.close();
      case 'datagram':
        return this.ports?.send(effect.to, effect.bytes);
      default:
        return this.transfers.perform(effect);
    }
  }

  /** Stops reading from all sockets, because too many inputs wait for the engine. */
  pause(): void {
    this.session?.socket.pause();
    this.channels?.connection.pause();
    for (const link of this.links.values()) link.pause();
  }

  resume(): void {
    this.session?.socket.resume();
    this.channels?.connection.resume();
    for (const link of this.links.values()) link.resume();
  }

  async close(): Promise<void> {
    for (const dial of this.dials) dial.abort();
    this.session?.socket.close();
    this.channels?.connection.close();
    for (const link of this.links.values()) link.close();
    await Promise.all([this.directory.close(), this.transfers.close()]);
  }

  /** Effects whose answer arrives later as an input. None of these promises rejects. */
  private answerLater(effect: Extract<Effect, { type: 'ask' | 'seal' | 'unseal' }>): void {
    const { ref } = effect;
    const { put } = this.options;
    if (effect.type === 'ask') {
      void this.directory.ask(effect.question).then((answer) => put({ type: 'answered', ref, answer }));
    } else if (effect.type === 'seal') {
      void sealLetter(effect.exchange, effect.plain, effect.info).then((body) => put({ type: 'sealed', ref, body }));
    } else {
      void this.openLetter(effect).then((plain) => put({ type: 'unsealed', ref, plain }));
    }
  }

  private async openLetter({ secret, body, info }: Extract<Effect, { type: 'unseal' }>): Promise<string | null> {
    const key = secret === null ? this.options.identity.exchange : importSecret('x25519', secret);
    return key && openLetter(key, body, info);
  }

  private openSession({ session: number, hello }: Extract<Effect, { type: 'session_open' }>): void {
    const { put, network, server } = this.options;
    put(network()); // the address may have changed since the last session
    const socket = openSession(server, hello, {
      onOpened: (exporter) => put({ type: 'session_opened', session: number, exporter }),
      onFrame: (frame) => put({ type: 'session_frame', session: number, frame }),
      onClosed: (reason) => put({ type: 'session_closed', session: number, reason }),
    });
    this.session = { number, socket };
  }

  private openChannels(number: number): void {
    const { server, put } = this.options;
    this.channels?.connection.close();
    this.channels = { number, connection: new ChannelConnection(number, { server, put, directory: this.directory }) };
  }

  private channelConnection(number: number): ChannelConnection | undefined {
    return this.channels?.number === number ? this.channels.connection : undefined;
  }

  private ofSession(number: number): SessionSocket | undefined {
    return this.session?.number === number ? this.session.socket : undefined;
  }

  private dial({ dial, endpoints, device: listener, record, isOffered }: Extract<Effect, { type: 'dial' }>): void {
    const { put, identity } = this.options;
    const { dials } = this;
    const knock = { device: identity.device, record, listener };
    const underWay = new AbortController();
    dials.add(underWay);
    const terms = { endpoints, knock, signal: underWay.signal, mayEndEarly: !isOffered };
    void dialKnocking({ ...terms, timeoutMs: LIMITS.linkDialMs })
      .then(
        (socket) => this.admit(socket, dial),
        (error: unknown) => put({ type: 'dial_failed', dial, reason: errorLines(error) }),
      )
      .finally(() => dials.delete(underWay));
  }
}
