// A running client: joins the pure engine, its store and its wires, and is the `Engine` that a face talks to.

import { join } from 'node:path';
import type { Answer, ClientEvent } from '../protocols/control/answer.js';
import { isArchiveCommand, type ArchiveCommand } from '../protocols/control/archive-command.js';
import type { Command } from '../protocols/control/command.js';
import type { Engine as EngineDoor, Ready } from '../protocols/control/engine.js';
import { LIMITS } from '../protocols/kit/limits.js';
import { VERSION } from '../protocols/kit/version.js';
import { primitives } from '../runtime/crypto.js';
import { lockDirectory } from '../runtime/disk/directory-lock.js';
import { openIdentity, type Identity } from '../runtime/disk/identity-file.js';
import { Driver } from '../runtime/driver.js';
import { EXIT } from '../runtime/exit.js';
import { reachableHosts } from '../runtime/net/network.js';
import { openPortPair, type PortPair } from '../runtime/net/port-pair.js';
import { clock, dice } from '../runtime/sources.js';
import { Trouble, troubleWith } from '../runtime/trouble.js';
import { Archive } from './archive/archive.js';
import { startOver } from './archive/next-start.js';
import type { ClientConfig } from './config.js';
import { Engine } from './engine/engine.js';
import type { Effect, Input } from './engine/world.js';
import { IdleIndexing } from './idle-indexing.js';
import { openSqliteStore, type SqliteStore } from './store/sqlite-store.js';
import { Wires } from './wires.js';

const BACKUP_COST = {
  costLog2: LIMITS.scryptCostLog2,
  blocks: LIMITS.scryptBlocks,
  lanes: LIMITS.scryptLanes,
};

export interface RunningClient {
  readonly engine: EngineDoor;
  readonly ready: Ready;
  /** Lets go of ports and directory. Safe to call twice. */
  stop(): Promise<void>;
}

/** Opens the data directory and the ports, and starts. Throws Trouble: one line for a person, and an `exitCode`. */
export async function runClient(config: ClientConfig): Promise<RunningClient> {
  const lock = lockDirectory(config.data);
  if (lock.state === 'taken') throw takenTrouble(config, lock.pid);
  try {
    startOver(config.data);
    const client = new Client(config);
    const ports = await client.open();
    const { port } = ports.endpoint;
    const ready = { user: config.user, tcp: port, udp: port, version: VERSION };
    const stop = once(() => client.close(ports).finally(() => lock.release()));
    return { engine: client, ready, stop };
  } catch (error) {
    lock.release();
    throw troubleWith(config.data, error);
  }
}

class Client implements EngineDoor {
  private readonly identity: Identity;
  private readonly store: SqliteStore;
  private readonly archive: Archive;
  private readonly indexing: IdleIndexing;
  private readonly wires: Wires;
  private readonly driver: Driver<Input, Effect>;
  private readonly answers = new Map<number, (answer: Answer) => void>();
  private readonly listeners = new Set<(event: ClientEvent) => void>();
  private lastRef = 0;
  private port = 0;

  constructor(private readonly config: ClientConfig) {
    this.identity = openIdentity(config.data);
    this.store = openSqliteStore(join(config.data, 'client.db'));
    const { server, inviteCode } = config;
    const put = (input: Input): void => this.driver.put(input);
    this.wires = new Wires({ server, inviteCode, identity: this.identity, put, network: () => this.network() });
    this.driver = new Driver<Input, Effect>({
      machine: this.machine(),
      store: this.store,
      perform: (effect) => this.perform(effect),
      clock,
      wakeInput: { kind: 'wake' },
      lastInput: { kind: 'turn_over' },
      onFault: (error) => this.fail(error),
      onBacklog: (level) => (level === 'high' ? this.wires.pause() : this.wires.resume()),
    });
    const { user, data } = config;
    const key = this.identity.identity.publicKey;
    this.archive = new Archive({ user, key, data, now: () => clock.now(), cost: BACKUP_COST });
    this.indexing = new IdleIndexing(this.store, () => this.driver.backlog === 0);
  }

  /** Opens the ports friends reach us at. */
  async open(): Promise<PortPair> {
    const ports = await openPortPair({
      host: this.config.host,
      port: this.config.port,
      certificate: this.wires.certificate,
      onLink: (socket) => this.wires.admit(socket, null),
      onDatagram: (from, bytes) => {
        if (!this.driver.isCrowded) this.driver.put({ kind: 'datagram', from, bytes });
      },
    }).catch((error: unknown) => {
      this.driver.stop();
      this.indexing.stop();
      this.store.close();
      throw Object.assign(troubleWith(`Port ${this.config.port}`, error), { exitCode: EXIT.bind });
    });
    this.port = ports.endpoint.port;
    this.wires.attach(ports);
    this.driver.put(this.network());
    return ports;
  }

  async close(ports: PortPair): Promise<void> {
    await this.archive.idle();
    this.indexing.stop();
    this.driver.flush();
    this.driver.stop();
    await this.wires.close();
    await ports.close();
    this.store.close();
  }

  command(command: Command | ArchiveCommand): Promise<Answer> {
    if (isArchiveCommand(command)) return this.archive.carryOut(command);
    this.lastRef += 1;
    const ref = this.lastRef;
    return new Promise((resolve) => {
      this.answers.set(ref, resolve);
      this.driver.put({ kind: 'command', ref, command });
    });
  }

  onEvent(listener: (event: ClientEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private machine(): Engine {
    const { identity, store } = this;
    const me = {
      name: this.config.user,
      identity: identity.identity,
      device: identity.device,
      exchange: identity.exchange.publicKey,
    };
    const { server, linkWaitMs, readReceipts } = this.config;
    const options = { server, linkWaitMs, readReceipts };
    const now = clock.now();
    return store.transaction(() => new Engine({ me, store, primitives, dice, options, now }));
  }

  private network(): Input {
    const hosts = reachableHosts(this.config.host);
    return { kind: 'network', endpoints: hosts.map((host) => ({ host, port: this.port })) };
  }

  private perform(effect: Effect): void {
    if (effect.kind === 'answer') {
      this.answers.get(effect.ref)?.(effect.answer);
      this.answers.delete(effect.ref);
    } else if (effect.kind === 'event') {
      for (const listener of this.listeners) listener(effect.event);
    } else {
      this.wires.perform(effect);
    }
  }

  /** What was not committed was not claimed either: ending here loses nothing that anybody was told. */
  private fail(error: unknown): never {
    throw troubleWith(this.config.data, error);
  }
}

function takenTrouble(config: ClientConfig, pid: number | null): Trouble {
  const who = pid === null ? 'Another client' : `Another client (process ${pid})`;
  return new Trouble(`${who} is using ${config.data}. Stop it first, or choose another directory with --data.`);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => (done ??= work());
}
