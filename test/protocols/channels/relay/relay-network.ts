// Servers that are linked, for tests: what one sends is with the other as soon as `settle` is called, in order.

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
  /** Texts that went from one server to another, as `a>b`. */
  readonly wire: { readonly way: string; readonly text: string }[] = [];
  /** Ways that are clogged: what is sent there waits. */
  readonly clogged = new Set<string>();
  private readonly ends = new Map<string, End>();
  private readonly pending: (() => void)[] = [];
  private readonly waiting: { readonly way: string; readonly deliver: () => void }[] = [];
  private links = 0;

  add(name: string, options: Partial<RelayOptions> = {}): RelayTestbed {
    const place = { host: name, port: 1 };
    const stage = new RelayTestbed({ name, listensAt: place, ...options });
    stage.perform = (effects) => {
      for (const effect of effects) this.perform(name, stage, effect);
    };
    this.servers.set(name, stage);
    return stage;
  }

  /** Servers a, b, … and links between neighbours, or as pairs say. */
  static of(names: readonly string[], pairs: readonly string[]): RelayNetwork {
    const net = new RelayNetwork();
    for (const name of names) net.add(name);
    for (const pair of pairs) net.link(pair[0] ?? '', pair[1] ?? '');
    return net;
  }

  at(name: string): RelayTestbed {
    const stage = this.servers.get(name);
    assert.ok(stage);
    return stage;
  }

  link(from: string, to: string, key: string | null = null): void {
    this.at(from).give({ kind: 'connect', ref: 0, place: { host: to, port: 1 }, key });
    this.settle();
  }

  /** Does what waits, and what comes of it. */
  settle(): void {
    for (let next = this.pending.shift(); next; next = this.pending.shift()) next();
  }

  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 100) {
      for (const stage of this.servers.values()) stage.pass(Math.min(left, 100));
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

  private perform(name: string, stage: RelayTestbed, effect: RelayEffect): void {
    if (effect.kind === 'dial') this.pending.push(() => this.dial(name, stage, effect));
    if (effect.kind === 'peer_send') this.send(name, effect.link, effect.text);
    if (effect.kind === 'peer_close') this.pending.push(() => this.break(`${name}/${effect.link}`));
  }

  private dial(name: string, stage: RelayTestbed, { dial, place, key }: Extract<RelayEffect, { kind: 'dial' }>): void {
    const other = this.servers.get(place.host);
    if (other === undefined || (key !== null && other.key !== key))
      return void stage.give({ kind: 'dial_failed', dial, reason: other ? 'PEER_KEY_CHANGED' : 'nobody there' });
    const [ours, theirs] = [(this.links += 1), (this.links += 1)];
    this.ends.set(`${name}/${ours}`, { to: other, link: theirs });
    this.ends.set(`${place.host}/${theirs}`, { to: stage, link: ours });
    stage.give({ kind: 'peer_opened', link: ours, dial, peerKey: other.key, from: place });
    other.give({ kind: 'peer_opened', link: theirs, dial: null, peerKey: stage.key, from: { host: name, port: 2 } });
  }

  private send(name: string, link: number, text: string): void {
    const end = this.ends.get(`${name}/${link}`);
    const way = `${name}>${this.nameOf(end?.to)}`;
    this.wire.push({ way, text });
    const deliver = (): void => {
      end?.to.give({ kind: 'peer_frame', link: end.link, frame: JSON.parse(text) });
      this.at(name).give({ kind: 'peer_drained', link });
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
    this.at(name).give({ kind: 'peer_closed', link: Number(link), reason: 'closed' });
    end.to.give({ kind: 'peer_closed', link: end.link, reason: 'closed' });
  }

  private nameOf(stage: RelayTestbed | undefined): string {
    return [...this.servers].find(([, each]) => each === stage)?.[0] ?? '';
  }
}
