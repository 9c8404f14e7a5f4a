// A running room server: the pure machine, a UDP socket, the state file, and the driver that connects them.

import { LIMITS } from '../../protocols/kit/limits.js';
import { concat, toBase64url, utf8 } from '../../protocols/kit/bytes.js';
import { RoomServer, type RoomEffect, type RoomInput } from '../../protocols/rooms/room-server.js';
import { checksumSeal, isFromServer, encryptedSeal, type PacketSeal } from '../../protocols/rooms/wire/seal.js';
import { primitives } from '../../runtime/crypto.js';
import { Driver } from '../../runtime/driver.js';
import type { Endpoint } from '../../runtime/net/endpoint.js';
import { listenMetrics, type MetricsListener } from '../../runtime/net/metrics-listener.js';
import { bindRoomSocket, resolveEndpoint, type RoomSocket } from '../../runtime/net/room-socket.js';
import { OperationalError } from '../../runtime/operational-error.js';
import { random } from '../../runtime/sources.js';
import { asBindError } from './as-bind-error.js';
import type { ChatServerConfig } from './config.js';
import { PeerAddresses } from './peer-addresses.js';
import { StateFile } from './state-file.js';
import { RoomMetrics } from './metrics.js';
import { tracePrinter } from './trace-printer.js';

const SECRET_BYTES = 32;
const CODE_CHARACTERS = 8;

export interface ChatServerHost {
  readonly print: (line: string) => void;
  /** The address of another server is not known yet. It is looked up again. */
  readonly onUnresolved?: (reason: string) => void;
  /** The server stopped because of a bug or because the disk failed. */
  readonly onFault: (error: unknown) => void;
}

export interface RunningChatServer {
  readonly endpoint: Endpoint;
  /** Port of the metrics endpoint, or null. */
  readonly metricsPort: number | null;
  stop(): Promise<void>;
}

/** Throws OperationalError if its own address, the port or the disk is not available. */
export async function runChatServer(config: ChatServerConfig, host: ChatServerHost): Promise<RunningChatServer> {
  const edge = new ChatServer(config, host);
  try {
    await edge.open();
  } catch (trouble) {
    await edge.stop();
    throw trouble;
  }
  return edge;
}

class ChatServer implements RunningChatServer {
  private metrics: MetricsListener | null = null;
  private readonly seal: PacketSeal;
  private readonly file: StateFile;
  private readonly print: ((effect: RoomEffect) => void) | null;
  private readonly peers: PeerAddresses;
  private resolving: NodeJS.Timeout | undefined;
  private socket: RoomSocket | null = null;
  private driver: Driver<RoomInput, RoomEffect> | null = null;
  private rejected = 0;

  constructor(
    private readonly config: ChatServerConfig,
    private readonly host: ChatServerHost,
  ) {
    this.seal = config.key ? encryptedSeal(config.key, primitives, random) : checksumSeal();
    this.file = new StateFile(config);
    this.peers = new PeerAddresses(config.servers, (reason, at) => {
      if (at !== config.index) host.onUnresolved?.(reason);
    });
    this.print = config.isVerbose ? tracePrinter(config.index, host.print) : null;
  }

  get endpoint(): Endpoint {
    return this.socket?.endpoint ?? { host: '', port: 0 };
  }

  get metricsPort(): number | null {
    return this.metrics?.port ?? null;
  }

  async open(): Promise<void> {
    const { servers, index, metricsPort } = this.config;
    await this.peers.lookUp();
    const [shared] = this.peers.sharedAddresses();
    if (shared !== undefined) throw new OperationalError(shared);
    this.resolving = setInterval(() => void this.peers.lookUp(), LIMITS.roomResolveMs).unref();
    const own = servers[index];
    if (!own) return;
    const bind = await asBindError(resolveEndpoint(own.bind));
    this.socket = await asBindError(
      bindRoomSocket({ ...bind, onDatagram: (from, bytes) => this.receive(from, bytes) }),
    );
    const machine = this.machine();
    this.driver = this.drive(machine);
    this.driver.put({ type: 'wake' });
    if (metricsPort === null) return;
    const lost = () => this.socket?.lost() ?? 0;
    const metrics = new RoomMetrics(machine, { foreign: () => this.rejected, lost });
    this.metrics = await asBindError(listenMetrics(metricsPort, () => metrics.page()));
  }

  async stop(): Promise<void> {
    clearInterval(this.resolving);
    this.driver?.stop();
    this.driver = null;
    this.metrics?.close();
    await this.socket?.close();
    this.socket = null;
  }

  private machine(): RoomServer {
    const { index: self, order, rooms, cluster, suspectMs, isVerbose: isTraced } = this.config;
    const size = this.config.servers.length;
    return new RoomServer({
      self,
      size,
      order,
      rooms,
      cluster,
      suspectMs,
      random,
      codeOf: newCodes(),
      isTraced,
      state: this.file.startBoot(),
    });
  }

  private drive(machine: RoomServer): Driver<RoomInput, RoomEffect> {
    return new Driver<RoomInput, RoomEffect>({
      machine,
      // No store: the effect `persist`, which comes first in its step, writes the state file.
      perform: (effect) => this.perform(effect),
      wakeInput: { type: 'wake' },
      endOfTickInput: { type: 'flush' },
      onFault: (error) => this.host.onFault(error),
    });
  }

  private receive(from: string, bytes: Uint8Array): void {
    const { driver } = this;
    if (!driver || driver.isOverloaded) return; // under overload, dropping a datagram here costs least
    if (!isFromServer(bytes)) return driver.put({ type: 'line', from, bytes });
    const packet = bytes.length <= LIMITS.roomDatagramBytes ? this.seal.open(bytes) : null;
    if (packet) driver.put({ type: 'packet', bytes: packet });
    else this.rejected += 1;
  }

  private perform(effect: RoomEffect): void {
    this.print?.(effect);
    if (effect.type === 'send_packet') return this.send(effect.to, effect.bytes);
    if (effect.type === 'send_line') return this.sendLine(effect.to, effect.line);
    if (effect.type === 'persist') this.persist(effect);
  }

  private persist({ state }: RoomEffect & { type: 'persist' }): void {
    try {
      this.file.write(state);
    } catch (error) {
      // A promise that is not on disk must not leave [VIEW-2]: nothing is sent any more.
      this.driver?.stop();
      this.driver = null;
      this.socket = null;
      this.host.onFault(error);
    }
  }

  private send(to: number, packet: Uint8Array): void {
    const peer = this.peers.at(to);
    if (peer) this.socket?.send(peer, this.seal.seal(packet));
  }

  private sendLine(addresses: readonly string[], line: string): void {
    const bytes = utf8(line);
    for (const address of addresses) this.socket?.send(endpointOf(address), bytes);
  }
}

/** Codes that no other can know: eight characters of a hash with a secret of this start. */
function newCodes(): (address: string) => string {
  const secret = random.bytes(SECRET_BYTES);
  return (address) => {
    const hash = primitives.sha256(concat(secret, utf8(address)));
    return toBase64url(hash).slice(0, CODE_CHARACTERS);
  };
}

function endpointOf(address: string): Endpoint {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
}
