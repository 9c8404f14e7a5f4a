// Channels at work on one server: joins relay, driver, doors and links, and takes them apart again.

import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { isExpected } from '../protocols/channels/relay/peers/expected-key.js';
import { Relay } from '../protocols/channels/relay/relay.js';
import type {
  SavedPeer,
  PeerEndpoint,
  PeerStatus,
  RelayCount,
  RelayEffect,
  RelayInput,
} from '../protocols/channels/relay/io.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { never } from '../protocols/kit/machine.js';
import { Refusal, type Outcome } from '../protocols/kit/refusals.js';
import { primitives, type SigningKey } from '../runtime/crypto.js';
import { Driver } from '../runtime/driver.js';
import { makeCertificate } from '../runtime/link/certificate.js';
import type { Log } from '../runtime/log.js';
import { listenLines, type LineListener } from '../runtime/net/line-listener.js';
import { reachableHosts } from '../runtime/net/network.js';
import { clock, dice } from '../runtime/sources.js';
import type { ChannelsConfig } from './config.js';
import { ClientConnections } from './clients/client-connections.js';
import { PeerStore } from './peers/peer-store.js';
import { PeerConnections } from './peers/peer-connections.js';
import { fingerprintOf } from './peers/key-parser.js';

export interface ChannelServerOptions {
  readonly config: ChannelsConfig;
  /** Where the doors of this server listen. */
  readonly host: string;
  /** Where boot and peers are kept. */
  readonly data: string;
  readonly key: SigningKey;
  /** The device keys of the user of that name on this server; null: there is none. */
  readonly ownersOf: (name: string) => readonly string[] | null;
  readonly log: Log;
  /** The machine failed: nothing more is decided. */
  readonly onFault: (error: unknown) => void;
  /** Only for measuring: how fast one visitor may speak. */
  readonly saysPerSecond?: number;
  readonly saysBurst?: number;
}

/** Numbers for whoever runs the server. */
export interface ChannelServerMetrics {
  readonly counts: Readonly<Record<RelayCount | 'slow_visitors' | 'refused_links', number>>;
  readonly visitors: number;
  readonly channels: number;
  readonly memory: Readonly<Record<string, number>>;
}

/** Listens; throws Trouble where a port or the file of peers cannot be had. */
export async function startChannelServer(options: ChannelServerOptions): Promise<ChannelServer> {
  const certificate = makeCertificate(options.key);
  const memory = PeerStore.open(options.data, clock.now());
  // Nothing is put before somebody listens, and nobody listens before there is a driver.
  const late: { put: (input: RelayInput) => void } = { put: () => undefined };
  const put = (input: RelayInput): void => late.put(input);
  const wires = new PeerConnections({ certificate, put });
  const visitors = new ClientConnections(put);
  const { peerPort, doors, tcpPort } = options.config;
  const port = peerPort === null ? null : await wires.listen({ host: options.host, port: peerPort });
  const listensAt = port === null ? null : { host: peerHostOf(options), port };
  const channels = new ChannelServer({ ...options, memory, wires, visitors, listensAt });
  late.put = (input) => channels.put(input);
  try {
    if (doors.includes('tcp')) await channels.listenLines({ host: options.host, port: tcpPort });
  } catch (error) {
    await channels.stop();
    throw error;
  }
  return channels;
}

function peerHostOf({ config, host }: ChannelServerOptions): string {
  return config.peerHost ?? reachableHosts(host)[0] ?? host;
}

interface ChannelServerParts extends ChannelServerOptions {
  readonly memory: PeerStore;
  readonly wires: PeerConnections;
  readonly visitors: ClientConnections;
  readonly listensAt: PeerEndpoint | null;
}

export class ChannelServer {
  private readonly relay: Relay;
  private readonly driver: Driver<RelayInput, RelayEffect>;
  private readonly asked = new Map<number, (outcome: Outcome<PeerEndpoint>) => void>();
  private lines: LineListener | null = null;
  private lastRef = 0;

  /** Made by `startChannels`. */
  constructor(private readonly parts: ChannelServerParts) {
    const { config, key, memory, visitors, wires } = parts;
    const peers = withWanted(memory.peers, config.peers);
    const { boot } = memory;
    const { discovers } = config;
    this.relay = new Relay({ ...parts, primitives, dice, key, boot, peers, discovers, wordsOf: fingerprintOf });
    this.driver = new Driver({
      machine: this.relay,
      store: { transaction: (work) => work() },
      perform: (effect) => this.perform(effect),
      clock,
      wakeInput: { kind: 'wake' },
      onFault: parts.onFault,
      onBacklog: (level) => {
        visitors.pause(level === 'high');
        wires.pause(level === 'high');
      },
    });
    this.driver.put({ kind: 'wake' });
  }

  /** The key it proves to visitors and to other servers. */
  get server(): string {
    return this.parts.key.publicKey;
  }

  /** Where other servers reach this one. */
  get listensAt(): PeerEndpoint | null {
    return this.parts.listensAt;
  }

  /** Of the door of lines; null where it is shut. */
  get tcpPort(): number | null {
    return this.lines?.port ?? null;
  }

  get hasSocketDoor(): boolean {
    return this.parts.config.doors.includes('ws');
  }

  get numbers(): ChannelServerMetrics {
    const { visitors, wires } = this.parts;
    const { counts, channels, memory } = this.relay;
    return {
      counts: { ...counts, slow_visitors: visitors.slow, refused_links: wires.refused },
      visitors: visitors.count,
      channels,
      memory,
    };
  }

  put(input: RelayInput): void {
    this.driver.put(input);
  }

  addSocket(socket: WebSocket, below: Duplex, address: string): void {
    this.parts.visitors.addSocket(socket, below, address);
  }

  /** Throws Trouble. */
  async listenLines(place: { host: string; port: number }): Promise<void> {
    this.lines = await listenLines({
      place,
      connectionsMax: LIMITS.channelClientsMax,
      lineBytesMax: LIMITS.channelEntryFrameBytes,
      onConnection: (line) => this.parts.visitors.addLine(line),
    });
  }

  peers(): PeerStatus[] {
    return this.relay.peers();
  }

  /** `key`: whom to expect there, or the words of their fingerprint; null: whoever it is now is remembered. */
  connect(place: PeerEndpoint, key: string | null): Promise<Outcome<PeerEndpoint>> {
    return this.ask((ref) => this.driver.put({ kind: 'connect', ref, place, key }));
  }

  /** `peer`: a key, the beginning of one, or `host:port`. */
  disconnect(peer: string): Promise<Outcome<PeerEndpoint>> {
    return this.ask((ref) => this.driver.put({ kind: 'disconnect', ref, peer }));
  }

  async stop(): Promise<void> {
    this.parts.visitors.closeAll();
    await Promise.all([this.lines?.close(), this.parts.wires.close()]);
    this.driver.stop();
    for (const answer of this.asked.values()) answer(new Refusal('SERVER_BUSY'));
    this.asked.clear();
  }

  private ask(question: (ref: number) => void): Promise<Outcome<PeerEndpoint>> {
    if (this.asked.size >= LIMITS.restAnswersWaitingMax) return Promise.resolve(new Refusal('SERVER_BUSY'));
    this.lastRef += 1;
    const ref = this.lastRef;
    return new Promise((resolve) => {
      this.asked.set(ref, resolve);
      question(ref);
    });
  }

  private perform(effect: RelayEffect): void {
    const { visitors, wires } = this.parts;
    switch (effect.kind) {
      case 'tell':
        return visitors.tell(effect.visitors, effect.frame);
      case 'visitor_close':
        return visitors.close(effect.visitor);
      case 'peer_send':
      case 'peer_widen':
      case 'peer_close':
      case 'dial':
        return wires.perform(effect);
      case 'keep':
        return this.keep(effect.peers);
      case 'answer':
        this.asked.get(effect.ref)?.(effect.outcome);
        return void this.asked.delete(effect.ref);
      default:
        return never(effect);
    }
  }

  /** A peer that could not be written down is a peer nevertheless, until the next start. */
  private keep(peers: readonly SavedPeer[]): void {
    try {
      this.parts.memory.keep(peers);
    } catch (error) {
      this.parts.log.warn({ err: error }, 'the peers could not be written down');
    }
  }
}

/** The peers as they were kept, and those that are asked for now; a key that is given now must be the one kept. */
function withWanted(kept: readonly SavedPeer[], wanted: readonly SavedPeer[]): SavedPeer[] {
  const isAt = (one: SavedPeer) => (other: SavedPeer) => one.host === other.host && one.port === other.port;
  const others = kept.filter((peer) => !wanted.some(isAt(peer)));
  return [
    ...wanted.map((peer) => ({ ...peer, key: wholeKey(peer.key, kept.find(isAt(peer))?.key ?? null) })),
    ...others,
  ];
}

/** What is kept, where nothing else is asked for or it has the fingerprint that is. */
function wholeKey(wanted: string | null, kept: string | null): string | null {
  if (wanted === null) return kept;
  return kept !== null && isExpected(wanted, kept, fingerprintOf) ? kept : wanted;
}
