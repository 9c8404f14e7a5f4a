// The channels of one server: runs the relay machine with its driver, client connections and links to peers.

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
import { assertNever } from '../protocols/kit/machine.js';
import { Refusal, type Outcome } from '../protocols/kit/refusals.js';
import { primitives, type SigningKey } from '../runtime/crypto.js';
import { Driver } from '../runtime/driver.js';
import { makeCertificate } from '../runtime/link/certificate.js';
import type { Log } from '../runtime/log.js';
import { listenLines, type LineListener } from '../runtime/net/line-listener.js';
import { reachableHosts } from '../runtime/net/reachable-hosts.js';
import { PendingAnswers } from '../runtime/pending-answers.js';
import { clock, random } from '../runtime/sources.js';
import type { ChannelsConfig } from './config.js';
import { ClientConnections, type ConnectionOrigin } from './clients/client-connections.js';
import type { SocketPlace } from './clients/socket-client-connection.js';
import { PeerStore } from './peers/peer-store.js';
import { PeerConnections } from './peers/peer-connections.js';
import { fingerprintOf } from './peers/key-parser.js';

export interface ChannelServerOptions {
  readonly config: ChannelsConfig;
  /** The address on which this server listens. */
  readonly host: string;
  /** The directory of the file with boot and peers. */
  readonly data: string;
  readonly key: SigningKey;
  /** The device keys of the user registered under this name here; null if the name is not registered. */
  readonly ownersOf: (name: string) => readonly string[] | null;
  /** True iff this server speaks for the origin (session, SESS-23). */
  readonly isOwnOrigin: (origin: string) => boolean;
  readonly log: Log;
  /** Called when the machine has failed and handles no more inputs. */
  readonly onFault: (error: unknown) => void;
  /** Only for benchmarks: the message rate of one client. */
  readonly messagesPerSecond?: number;
  readonly messagesBurst?: number;
  /** Clients of one network. Absent: `channelClientsPerNetwork`. Infinity: no bound per network at all. */
  readonly clientsPerNetworkMax?: number;
}

/** Numbers for `/metrics`. */
export interface ChannelServerMetrics {
  readonly counts: Readonly<Record<RelayCount | 'slow_clients' | 'refused_links', number>>;
  readonly clients: number;
  readonly channels: number;
  readonly memory: Readonly<Record<string, number>>;
}

/** Starts listening. Throws OperationalError if a port is taken or the file of peers is unusable. */
export async function startChannelServer(options: ChannelServerOptions): Promise<ChannelServer> {
  const certificate = makeCertificate(options.key);
  const peerStore = PeerStore.open(options.data, clock.now());
  // The connections are built before the driver; no input arrives before the server below listens.
  const target: { put: (input: RelayInput) => void } = { put: () => undefined };
  const put = (input: RelayInput): void => target.put(input);
  const peerConnections = new PeerConnections({ certificate, put });
  const clientConnections = new ClientConnections(put, options.clientsPerNetworkMax !== Infinity);
  const { peerPort, transports, tcpPort } = options.config;
  const port = peerPort === null ? null : await peerConnections.listen({ host: options.host, port: peerPort });
  const listensAt = port === null ? null : { host: peerHostOf(options), port };
  const channels = new ChannelServer({ ...options, peerStore, peerConnections, clientConnections, listensAt });
  target.put = (input) => channels.put(input);
  try {
    if (transports.includes('tcp')) await channels.listenLines({ host: options.host, port: tcpPort });
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
  readonly peerStore: PeerStore;
  readonly peerConnections: PeerConnections;
  readonly clientConnections: ClientConnections;
  readonly listensAt: PeerEndpoint | null;
}

type PeerQuestion =
  | { readonly type: 'connect'; readonly endpoint: PeerEndpoint; readonly key: string | null }
  | { readonly type: 'disconnect'; readonly peer: string };

export class ChannelServer {
  private readonly relay: Relay;
  private readonly driver: Driver<RelayInput, RelayEffect>;
  private readonly pendingAnswers = new PendingAnswers<PeerQuestion, Outcome<PeerEndpoint>>({
    send: (ref, question) => this.driver.put({ ...question, ref }),
    bound: { most: LIMITS.restPendingAnswersMax, refusal: new Refusal('SERVER_BUSY') },
  });
  private lines: LineListener | null = null;

  /** Called by `startChannelServer`. */
  constructor(private readonly parts: ChannelServerParts) {
    const { config, key, peerStore, clientConnections, peerConnections } = parts;
    const peers = mergePeers(peerStore.peers, config.peers);
    const { boot } = peerStore;
    const { isDiscoveryEnabled } = config;
    this.relay = new Relay({
      ...parts,
      primitives,
      random,
      key,
      boot,
      peers,
      isDiscoveryEnabled,
      fingerprintOf: fingerprintOf,
    });
    this.driver = new Driver({
      machine: this.relay,
      perform: (effect) => this.perform(effect),
      wakeInput: { type: 'wake' },
      onFault: parts.onFault,
      onOverload: (isOverloaded) => {
        clientConnections.pause(isOverloaded);
        peerConnections.pause(isOverloaded);
      },
    });
    this.driver.put({ type: 'wake' });
  }

  /** The public key of this server. */
  get server(): string {
    return this.parts.key.publicKey;
  }

  /** Where other servers reach this one; null if it only dials. */
  get listensAt(): PeerEndpoint | null {
    return this.parts.listensAt;
  }

  /** The port for lines over TCP; null if that transport is off. */
  get tcpPort(): number | null {
    return this.lines?.port ?? null;
  }

  get acceptsWebSockets(): boolean {
    return this.parts.config.transports.includes('ws');
  }

  get numbers(): ChannelServerMetrics {
    const { clientConnections, peerConnections } = this.parts;
    const { counts, channelCount: channels, memory } = this.relay;
    return {
      counts: { ...counts, slow_clients: clientConnections.slow, refused_links: peerConnections.refused },
      clients: clientConnections.count,
      channels,
      memory,
    };
  }

  put(input: RelayInput): void {
    this.driver.put(input);
  }

  addSocket(socket: WebSocket, place: SocketPlace, origin: ConnectionOrigin): void {
    this.parts.clientConnections.addSocket(socket, place, origin);
  }

  /** Throws OperationalError. */
  async listenLines(place: { host: string; port: number }): Promise<void> {
    this.lines = await listenLines({
      address: place,
      flags: { port: '--tcp-port', host: '--host' },
      connectionsMax: LIMITS.channelClientsMax + LIMITS.channelClientsEnteringMax,
      waitingMax: LIMITS.channelClientsEnteringMax,
      lineBytesMax: LIMITS.channelEntryFrameBytes,
      onConnection: (line) => this.parts.clientConnections.addLine(line),
    });
  }

  peers(): PeerStatus[] {
    return this.relay.peers();
  }

  /** `key`: the expected key or its fingerprint; null: the relay pins the key that answers first. */
  connect(endpoint: PeerEndpoint, key: string | null): Promise<Outcome<PeerEndpoint>> {
    return this.pendingAnswers.ask({ type: 'connect', endpoint, key });
  }

  /** `peer`: a key, the beginning of a key, or `host:port`. */
  disconnect(peer: string): Promise<Outcome<PeerEndpoint>> {
    return this.pendingAnswers.ask({ type: 'disconnect', peer });
  }

  async stop(): Promise<void> {
    this.parts.clientConnections.closeAll();
    await Promise.all([this.lines?.close(), this.parts.peerConnections.close()]);
    this.driver.stop();
    this.pendingAnswers.resolveAll(new Refusal('SERVER_BUSY'));
  }

  private perform(effect: RelayEffect): void {
    const { parts } = this;
    const { clientConnections, peerConnections } = parts;
    switch (effect.type) {
      case 'client_send':
        return clientConnections.send(effect.clients, effect.frame);
      case 'client_close':
        return clientConnections.close(effect.client);
      case 'peer_send':
      case 'peer_allow_large_frames':
      case 'peer_close':
      case 'dial':
        return peerConnections.perform(effect);
      case 'save_peers':
        return this.savePeers(effect.peers);
      case 'boot_raised':
        return this.raiseBoot(effect.boot);
      case 'boot_outdated':
        parts.log.debug({ origin: effect.origin }, 'a peer sends under an older boot');
        return parts.log.warn(
          'a peer sent under an older boot than the last one known of it, and was told. Its data may run twice',
        );
      case 'answer':
        return this.pendingAnswers.resolve(effect.ref, effect.outcome);
      default:
        return assertNever(effect);
    }
  }

  private raiseBoot(boot: number): void {
    const { log, peerStore } = this.parts;
    log.warn(
      { boot },
      'other servers know a newer start of this server: a copy of its data was started elsewhere. Its messages are ' +
        'heard again now. Stop the copy, and never start one beside this server',
    );
    try {
      peerStore.raiseBoot(boot);
    } catch (error) {
      log.warn({ err: error }, 'the boot could not be saved');
    }
  }

  /** If saving fails, the peers are used until the next start. */
  private savePeers(peers: readonly SavedPeer[]): void {
    try {
      this.parts.peerStore.save(peers);
    } catch (error) {
      this.parts.log.warn({ err: error }, 'the peers could not be saved');
    }
  }
}

/** The saved peers and the configured ones. A fingerprint that is configured now must fit the saved key. */
function mergePeers(saved: readonly SavedPeer[], configured: readonly SavedPeer[]): SavedPeer[] {
  const isAt = (one: SavedPeer) => (other: SavedPeer) => one.host === other.host && one.port === other.port;
  const others = saved.filter((peer) => !configured.some(isAt(peer)));
  return [
    ...configured.map((peer) => ({ ...peer, key: mergeKeys(peer.key, saved.find(isAt(peer))?.key ?? null) })),
    ...others,
  ];
}

/** The saved key, unless another key or fingerprint is configured. */
function mergeKeys(configured: string | null, saved: string | null): string | null {
  if (configured === null) return saved;
  return saved !== null && isExpected(configured, saved, fingerprintOf) ? saved : configured;
}
