// A running device: its keys, its engine over the store, its sockets. Key rotation replaces it by a new one on the
// same store.

import { primitives } from '../runtime/crypto.js';
import { openIdentity, type Identity } from '../runtime/disk/identity-file.js';
import { isLocked } from '../runtime/disk/locked-identity.js';
import { openRetiredKeys, type RetiredKeys } from '../runtime/disk/retired-keys.js';
import { Driver } from '../runtime/driver.js';
import { EXIT } from '../runtime/process/exit.js';
import { reachableHosts } from '../runtime/net/reachable-hosts.js';
import { openPortPair, type PortPair } from '../runtime/net/port-pair.js';
import { clock, random } from '../runtime/sources.js';
import { operationalError, type OperationalError } from '../runtime/operational-error.js';
import type { ClientConfig } from './config.js';
import { Engine } from './engine/engine.js';
import type { Me } from './engine/core/context.js';
import type { TransactionalStore } from './engine/core/store.js';
import type { Effect, Input, KeptLink } from './engine/core/io.js';
import { Adapters, type AdapterEffect, type KeptSocket } from './adapters.js';

/** Effects that the owner of the device performs: answers, events, key rotation. */
export type ClientEffect = Exclude<Effect, AdapterEffect>;

export interface DeviceOptions {
  readonly config: ClientConfig;
  readonly store: TransactionalStore;
  readonly perform: (effect: ClientEffect) => void;
  /** The store could not commit. No effect of that transaction was performed; the client has to end. */
  readonly onFault: (error: OperationalError) => void;
}

const LISTEN_FLAGS = { port: '--port', host: '--host' };

export class Device {
  private readonly identity: Identity;
  private readonly retired: readonly RetiredKeys[];
  private readonly adapters: Adapters;
  private readonly driver: Driver<Input, Effect>;
  private ports: PortPair | null = null;

  constructor(private readonly options: DeviceOptions) {
    const { server, inviteCode, data } = options.config;
    const identity = openIdentity(data);
    const retired = openRetiredKeys(data, clock.now());
    this.identity = identity;
    this.retired = retired;
    const put = (input: Input): void => this.driver.put(input);
    this.adapters = new Adapters({ server, inviteCode, data, identity, put, network: () => this.network() });
    this.driver = new Driver<Input, Effect>({
      machine: this.machine(),
      store: options.store,
      perform: (effect) => this.perform(effect),
      wakeInput: { type: 'wake' },
      endOfTickInput: { type: 'turn_over' },
      onFault: (error) => options.onFault(operationalError(options.config.data, error, { data: '--data' })),
      onOverload: (isOverloaded) => (isOverloaded ? this.adapters.pause() : this.adapters.resume()),
    });
  }

  /** Opens the TCP and UDP port for friends, both with the returned number. Throws OperationalError with `exitCode`. */
  async open(port: number): Promise<number> {
    this.ports = await openPortPair({
      host: this.options.config.host,
      port,
      flags: LISTEN_FLAGS,
      keys: this.identity,
      onCaller: (caller) => this.adapters.judge(caller),
      onLink: (socket) => this.adapters.admit(socket, null),
      onHttp: (socket, peerKey) => this.adapters.serve(socket, peerKey),
      onDatagram: (from, bytes) => {
        if (!this.driver.isOverloaded) this.driver.put({ type: 'datagram', from, bytes });
      },
    }).catch((error: unknown) => {
      throw Object.assign(operationalError(`Port ${port}`, error, LISTEN_FLAGS), {
        exitCode: EXIT.bind,
      });
    });
    this.adapters.attach(this.ports);
    this.driver.put(this.network());
    return this.ports.endpoint.port;
  }

  put(input: Input): void {
    this.driver.put(input);
  }

  /** Takes over links of the device before this one (SPEC LINK-12). */
  adopt(kept: readonly KeptSocket[]): void {
    for (const one of kept) this.adapters.adopt(one);
  }

  /** Handles the queued inputs, then closes everything but the store and these links, which it gives. */
  async close(links: readonly KeptLink[] = []): Promise<KeptSocket[]> {
    this.driver.flush();
    this.driver.stop();
    const kept = this.adapters.release(links);
    await this.adapters.close();
    await this.ports?.close(kept.map(({ socket }) => socket));
    return kept;
  }

  private machine(): Engine {
    const { identity, retired } = this;
    const { store, config } = this.options;
    const me: Me = {
      name: config.user,
      identity: identity.identity,
      isIdentityLocked: isLocked(identity.identity),
      ownProofsKey: identity.ownProofsKey,
      device: identity.device,
      exchange: identity.exchange.publicKey,
      retiredDevices: retired.map(({ device }) => device),
    };
    const { server, linkWaitMs, readReceipts, groupSilenceMs, friendBytesPerDay } = config;
    const options = { server, linkWaitMs, readReceipts, groupSilenceMs, friendBytesPerDay };
    const now = clock.now();
    return store.transaction(() => new Engine({ me, store, primitives, random, options, now }));
  }

  private network(): Input {
    const port = this.ports?.endpoint.port ?? 0;
    const hosts = reachableHosts(this.options.config.host);
    return { type: 'network', endpoints: hosts.map((host) => ({ host, port })) };
  }

  private perform(effect: Effect): void {
    switch (effect.type) {
      case 'answer':
      case 'event':
      case 'renew_device':
        return this.options.perform(effect);
      default:
        return this.adapters.perform(effect);
    }
  }
}
