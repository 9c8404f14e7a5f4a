// Clients, a name server and wires in one process: effects of one are inputs of another, and time is a number.

import assert from 'node:assert/strict';
import type { Options } from '../../../../client/engine/core/context.js';
import type { Endpoint } from '../../../../client/engine/core/endpoint.js';
import type { Effect } from '../../../../client/engine/core/io.js';
import { fakeSeal } from '../../../sim/kernel/fake-primitives.js';
import { Client, type ClientHost } from './test-client.js';
import { TestNetwork } from './test-network.js';
import { FakeNameServer } from './fake-name-server.js';

export class Testbed implements ClientHost {
  now = 1_700_000_000_000;
  readonly clients = new Map<string, Client>();
  readonly server = new FakeNameServer(this);
  readonly network = new TestNetwork(this);
  /** Effects for which this says false are lost on the way. */
  passes: (client: Client, effect: Effect) => boolean = () => true;
  private waiting: (() => void)[] = [];

  /** A client that is up and knows its address, and has not gone online. */
  client(name: string, options: Partial<Options> = {}): Client {
    const client = new Client(name, this, options);
    this.clients.set(name, client);
    this.boot(client);
    return client;
  }

  /** Clients that are online. */
  online(...names: string[]): Client[] {
    const clients = names.map((name) => this.client(name));
    for (const client of clients) client.command({ type: 'online', acceptServer: false });
    this.settle();
    return clients;
  }

  /** Two clients that are online and friends. */
  friends(one = 'alice', other = 'bob'): [Client, Client] {
    const [a, b] = this.online(one, other) as [Client, Client];
    this.befriend(a, b);
    return [a, b];
  }

  befriend(a: Client, b: Client): void {
    a.command({ type: 'add', user: b.name, note: '' });
    this.settle();
    b.command({ type: 'accept', user: a.name });
    this.settle();
    assert.deepEqual(a.told('friend_added').at(-1)?.user, b.name);
    for (const client of [a, b]) client.events = [];
  }

  /** The process dies: its wires break, and it starts again from its disk. */
  restart(client: Client): void {
    this.unplug(client);
    client.restart();
    this.boot(client);
    this.settle();
  }

  /** The disk is put back to what it was at an earlier moment, and the client starts from it and goes online. */
  putBack(client: Client, moment: number): void {
    this.unplug(client);
    client.putBack(moment);
    this.boot(client);
    client.command({ type: 'online', acceptServer: false });
    this.settle();
  }

  perform(client: Client, effect: Effect): void {
    if (!this.passes(client, effect)) return;
    const { lives } = client;
    // The host drops its answers to a process that has died.
    const isForHost = ['seal', 'unseal', 'ask', 'renew_device'].includes(effect.type);
    this.later(() => {
      if (client.lives === lives || !isForHost) this.carryOut(client, effect);
    });
  }

  /** Something that happens outside, after everything that happened before. */
  later(happening: () => void): void {
    this.waiting.push(happening);
  }

  /** Lets everything happen that is under way, without letting time pass. */
  settle(): void {
    for (let left = 20_000; this.waiting.length > 0; left -= 1) {
      assert.ok(left > 0, 'the testbed comes to rest');
      this.waiting.shift()?.();
    }
  }

  /** Lets time pass, and every engine wake when it wants to. */
  pass(ms: number): void {
    this.settle();
    const end = this.now + ms;
    for (let wakes = 5_000 + ms / 1_000; ; wakes -= 1) {
      assert.ok(wakes > 0, 'no alarm spins');
      const due = this.nextWake();
      if (due.at > end) break;
      this.now = Math.max(this.now, Math.ceil(due.at)); // a clock tells whole milliseconds
      due.wake();
      this.settle();
    }
    this.now = end;
  }

  endpoint(client: Client): Endpoint {
    return { host: '192.0.2.1', port: 4_000 + [...this.clients.keys()].indexOf(client.name) };
  }

  private nextWake(): { at: number; wake: () => void } {
    const server = { at: this.server.wakeAt(), wake: () => this.server.ping() };
    return [...this.clients.values()]
      .map((client) => ({ at: client.wakeAt() ?? Infinity, wake: () => void client.give({ type: 'wake' }) }))
      .reduce((first, next) => (next.at < first.at ? next : first), server);
  }

  private unplug(client: Client): void {
    this.network.cut(client);
    this.server.drop(client, 'the process died');
  }

  private renew(client: Client, { online, links }: Extract<Effect, { type: 'renew_device' }>): void {
    this.network.cutAllBut(
      client,
      links.map(({ link }) => link),
    );
    this.server.drop(client, 'the device was replaced');
    const unanswered = client.renew();
    this.boot(client);
    for (const kept of links) client.give({ type: 'link_kept', ...kept });
    if (unanswered.length > 0) client.give(...unanswered);
    if (online) client.command({ type: 'online', acceptServer: false });
  }

  private boot(client: Client): void {
    client.give({ type: 'network', endpoints: [this.endpoint(client)] });
  }

  private carryOut(client: Client, effect: Effect): void {
    switch (effect.type) {
      case 'seal':
        return void client.give({ type: 'sealed', ref: effect.ref, body: sealed(effect) });
      case 'unseal':
        return void client.give({
          type: 'unsealed',
          ref: effect.ref,
          plain: client.unseal(effect),
        });
      case 'ask':
        return void client.give({ type: 'answered', ref: effect.ref, answer: this.server.answer(effect.question) });
      case 'session_open':
      case 'session_send':
      case 'session_close':
        return this.server.hear(client, effect);
      case 'dial':
      case 'link_send':
      case 'link_close':
      case 'datagram':
        return this.network.carry(client, effect);
      case 'renew_device':
        return this.renew(client, effect);
      default:
        return;
    }
  }
}

function sealed({ exchange, plain, info }: Extract<Effect, { type: 'seal' }>): string {
  return fakeSeal(exchange, plain, info);
}
