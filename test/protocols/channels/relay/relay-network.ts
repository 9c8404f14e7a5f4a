// A network of relays for tests: `settle` delivers the frames between them, in order.

import assert from 'node:assert/strict';
import type { RelayOptions } from '../../../../protocols/channels/relay/relay.js';
import type { RelayEffect } from '../../../../protocols/channels/relay/io.js';
import { RelayTestbed } from './relay-testbed.js';

/** One direction of a link. */
interface End {
  readonly to: RelayTestbed;
  readonly link: number;
}

export class RelayNetwork {
  readonly servers = new Map<string, RelayTestbed>();
  /** The texts sent from one server to another, as `a>b`. */
  readonly wire: { readonly way: string; readonly text: string }[] = [];
  /** Directions in which frames wait. */
  readonly clogged = new Set<string>();
  private readonly ends = new Map<string, End>();
  private readonly pending: (() => void)[] = [];
  private readonly waiting: { readonly way: string; readonly deliver: () => void }[] = [];
  private links = 0;

  add(name: string, options: Partial<RelayOptions> = {}): RelayTestbed {
    const endpoint = { host: name, port: 1 };
    const testbed = new RelayTestbed({ name, listensAt: endpoint, ...options });
    testbed.perform = (effects) => {
      for (const effect of effects) this.perform(name, testbed, effect);
    };
    this.servers.set(name, testbed);
    return testbed;
  }

  /** Servers with these names, and a link for each pair. */
  static of(names: readonly string[], pairs: readonly string[]): RelayNetwork {
    const net = new RelayNetwork();
    for (const name of names) net.add(name);
    for (const pair of pairs) net.link(pair[0] ?? '', pair[1] ?? '');
    return net;
  }

  at(name: string): RelayTestbed {
    const testbed = this.servers.get(name);
    assert.ok(testbed);
    return testbed;
  }

  link(from: string, to: string, key: string | null = null): void {
    this.at(from).give({ type: 'connect', ref: 0, endpoint: { host: to, port: 1 }, key });
    this.settle();
  }

  /** Performs what is pending, and what follows from it. */
  settle(): void {
    for (let next = this.pending.shift(); next; next = this.pending.shift()) next();
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      for (const testbed of this.servers.values()) testbed.pass(Math.min(left, 100));
      this.settle();
    }
  }

  clog(from: string, to: string): void {
    this.clogged.add(`${from}>${to}`);
  }

  unclog(from: string, to: string): void {
    const way = `${from}>${to}`;
    this.clogged.delete(way);
    for (const each of this.waiting.splice(0)) {
      if (each.way === way) this.pending.push(each.deliver);
      else this.waiting.push(each);
    }
    this.settle();
  }

  /** Breaks all links of a server. */
  cutOff(name: string): void {
    for (const key of [...this.ends.keys()].filter((each) => each.startsWith(`${name}/`))) this.break(key);
    this.settle();
  }

  private perform(name: string, testbed: RelayTestbed, effect: RelayEffect): void {
    if (effect.type === 'dial') this.pending.push(() => this.dial(name, testbed, effect));
    if (effect.type === 'peer_send') this.send(name, effect.link, effect.text);
    if (effect.type === 'peer_close') this.pending.push(() => this.break(`${name}/${effect.link}`));
  }

  private dial(
    name: string,
    testbed: RelayTestbed,
    { dial, endpoint, key }: Extract<RelayEffect, { type: 'dial' }>,
  ): void {
    const other = this.servers.get(endpoint.host);
    if (other === undefined || (key !== null && other.key !== key))
      return void testbed.give({ type: 'dial_failed', dial, reason: other ? 'PEER_KEY_CHANGED' : 'nobody there' });
    const [ours, theirs] = [(this.links += 1), (this.links += 1)];
    this.ends.set(`${name}/${ours}`, { to: other, link: theirs });
    this.ends.set(`${endpoint.host}/${theirs}`, { to: testbed, link: ours });
    testbed.give({ type: 'peer_opened', link: ours, dial, peerKey: other.key, from: endpoint });
    other.give({ type: 'peer_opened', link: theirs, dial: null, peerKey: testbed.key, from: { host: name, port: 2 } });
  }

  private send(name: string, link: number, text: string): void {
    const end = this.ends.get(`${name}/${link}`);
    const way = `${name}>${this.nameOf(end?.to)}`;
    this.wire.push({ way, text });
    const deliver = (): void => {
      end?.to.give({ type: 'peer_frame', link: end.link, frame: JSON.parse(text) });
      this.at(name).give({ type: 'peer_drained', link });
    };
    if (this.clogged.has(way)) this.waiting.push({ way, deliver });
    else this.pending.push(deliver);
  }

  private break(key: string): void {
    const end = this.ends.get(key);
    if (end === undefined) return;
    const [name = '', link] = key.split('/');
    const other = `${this.nameOf(end.to)}/${end.link}`;
    for (const each of [key, other]) this.ends.delete(each);
    this.at(name).give({ type: 'peer_closed', link: Number(link), reason: 'closed' });
    end.to.give({ type: 'peer_closed', link: end.link, reason: 'closed' });
  }

  private nameOf(testbed: RelayTestbed | undefined): string {
    return [...this.servers].find(([, each]) => each === testbed)?.[0] ?? '';
  }
}
