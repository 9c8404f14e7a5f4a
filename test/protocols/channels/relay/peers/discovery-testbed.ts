// A relay with discovery on, and fake peers that answer each dial unless the test says otherwise.

import type { PeerAddress } from '../../../../../protocols/channels/peer-protocol.js';
import type { RelayOptions } from '../../../../../protocols/channels/relay/relay.js';
import type { RelayEffect } from '../../../../../protocols/channels/relay/io.js';
import type { Signed } from '../../../../../protocols/kit/signed.js';
import { fakeKey } from '../../../../sim/kernel/fake-primitives.js';
import { FakePeer } from '../fake-peer.js';
import { sign, RelayTestbed } from '../relay-testbed.js';

type Dial = Extract<RelayEffect, { type: 'dial' }>;

/** The signed address of a server; its host is its name unless `changes` say otherwise. */
export function addressOf(name: string, at: number, changes: Partial<PeerAddress> = {}, by = name): Signed {
  return sign('peer_address', { server: fakeKey(name).publicKey, host: name, port: 9, at, ...changes }, by);
}

export class DiscoveryTestbed {
  readonly server: RelayTestbed;
  /** The peers that linked or tried to, the last one for each name. */
  readonly peers = new Map<string, FakePeer>();
  /** The dialled hosts, in order. */
  readonly dialled: string[] = [];
  /** The `addresses` frames that the relay sent, with the keys in them. */
  readonly told: { readonly at: number; readonly link: number; readonly servers: readonly string[] }[] = [];
  /** The name of the peer that answers at a host; null: none does. */
  readonly answers = new Map<string, string | null>();
  /** The addresses that peers send in their hello. */
  readonly addresses = new Map<string, Signed>();
  private readonly dials: Dial[] = [];

  constructor(options: Partial<RelayOptions> = {}) {
    this.server = new RelayTestbed({ isDiscoveryEnabled: true, listensAt: { host: 'server', port: 1 }, ...options });
    this.server.perform = (effects) => {
      for (const effect of effects) this.perform(effect);
    };
  }

  /** With these peers linked to it. */
  static among(...names: readonly string[]): DiscoveryTestbed {
    const testbed = new DiscoveryTestbed();
    for (const name of names) testbed.visit(name);
    return testbed;
  }

  /** A peer dials this server. */
  visit(name: string): FakePeer {
    const peer = new FakePeer(this.server, name);
    this.peers.set(name, peer);
    return peer;
  }

  peer(name: string): FakePeer {
    const peer = this.peers.get(name);
    if (peer === undefined) throw new Error(`${name} never linked`);
    return peer;
  }

  /** A peer sends addresses. */
  tell(from: string, addresses: readonly Signed[]): void {
    this.peer(from).send({ type: 'addresses', addresses });
  }

  /** A peer sends the addresses of these servers. */
  tellOf(from: string, names: readonly string[]): void {
    this.tell(
      from,
      names.map((name) => addressOf(name, this.server.now)),
    );
  }

  /** The operator asks for a peer. */
  ask(name: string): void {
    this.server.give({ type: 'connect', ref: 0, endpoint: { host: name, port: 9 }, key: null });
    this.settle();
  }

  /** Lets time pass and keeps the links alive. */
  pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 1_000) {
      this.server.pass(Math.min(1_000, ms - passed));
      this.settle();
      for (const peer of this.peers.values()) this.keepUp(peer);
    }
  }

  get linked(): string[] {
    return [...this.peers].flatMap(([name, peer]) => (peer.isOpen ? [name] : []));
  }

  /** True if the address of that server was sent to this peer. */
  wasTold(name: string, of: string): boolean {
    const { link } = this.peer(name);
    return this.told.some((told) => told.link === link && told.servers.includes(fakeKey(of).publicKey));
  }

  private perform(effect: RelayEffect): void {
    if (effect.type === 'dial') this.dials.push(effect);
    if (effect.type !== 'peer_send' || !effect.text.startsWith('{"type":"addresses"')) return;
    const { addresses } = JSON.parse(effect.text) as { addresses: Signed[] };
    const servers = addresses.map(({ payload }) => (JSON.parse(payload) as PeerAddress).server);
    this.told.push({ at: this.server.now, link: effect.link, servers });
  }

  private settle(): void {
    for (let next = this.dials.shift(); next; next = this.dials.shift()) this.answer(next);
  }

  private answer({ dial, endpoint: { host } }: Dial): void {
    this.dialled.push(host);
    const name = this.answers.get(host) ?? host;
    if (this.answers.get(host) === null) this.server.give({ type: 'dial_failed', dial, reason: 'nobody there' });
    else this.greet(host, new FakePeer(this.server, name, { dial, host, hello: false }));
  }

  private greet(host: string, peer: FakePeer): void {
    peer.hello({ address: this.addresses.get(host) ?? null });
    if (peer.isOpen) this.peers.set(host, peer);
    else this.server.give({ type: 'peer_closed', link: peer.link, reason: 'closed' });
  }

  private keepUp(peer: FakePeer): void {
    this.server.give({ type: 'peer_drained', link: peer.link });
    peer.send({ type: 'pong' });
  }
}
