// Runs the commands of a transcript on a real relay, with fake clients and fake peers around it.

import type { RelayEffect } from '../../../../protocols/channels/relay/io.js';
import { fakeKey } from '../../../sim/kernel/fake-primitives.js';
import { RelayTestbed } from '../../../protocols/channels/relay/relay-testbed.js';
import { effectText, type Names } from './effect-text.js';
import { FakeClients, type Verb } from './fake-clients.js';
import { FakePeers } from './fake-peers.js';

const SERVER = 'server';
const PORT = 9;
const PASS = /^(\d+) s pass$/;
/** Equal lines beyond this number are counted, not listed. */
const LISTED_MAX = 3;
/** High enough that a client can fill the queue of a link. */
const MESSAGES_BURST = 200;

export class RelayScript {
  private readonly relay = new RelayTestbed({
    name: SERVER,
    listensAt: { host: SERVER, port: PORT },
    messagesBurst: MESSAGES_BURST,
  });
  private readonly clients = new FakeClients(this.relay);
  private readonly peers = new FakePeers(this.relay);
  private readonly names: Names = {
    client: (client) => this.clients.nameOf(client) ?? `client ${client}`,
    peer: (link) => this.peers.nameOf(link),
    key: (key) => this.nameOfKey(key),
  };

  private readonly operatorVerbs: Readonly<Record<string, Verb>> = {
    connects: (_, [host = '']) =>
      void this.relay.give({ type: 'connect', ref: 1, endpoint: { host, port: PORT }, key: null }),
    disconnects: (_, [host = '']) => void this.relay.give({ type: 'disconnect', ref: 1, peer: `${host}:${PORT}` }),
  };

  /** Runs one command. Returns a line for each effect, and one for each kind of drop that the relay counted. */
  run(command: string): string[] {
    const before = { ...this.relay.relay.counts };
    const first = this.relay.effects.length;
    this.runCommand(command);
    return [...this.effectLines(this.relay.effects.slice(first)), ...this.dropLines(before)];
  }

  private runCommand(command: string): void {
    const [, seconds] = PASS.exec(command) ?? [];
    if (seconds !== undefined) return this.relay.pass(Number(seconds) * 1_000);
    const [name = '', verb = '', ...words] = command.split(' ');
    const run = this.verbsOf(name)[verb];
    if (!run) throw new Error(`unknown command: ${command}`);
    run(name, words);
  }

  /** The subject decides: a name that has not appeared yet is a client if it connects, else a peer. */
  private verbsOf(name: string): Readonly<Record<string, Verb>> {
    if (name === 'operator') return this.operatorVerbs;
    if (this.clients.has(name)) return this.clients.verbs;
    return { connects: this.clients.verbs['connects'] as Verb, ...this.peers.verbs };
  }

  private effectLines(effects: readonly RelayEffect[]): string[] {
    const texts = effects.map((effect) => effectText(effect, this.names));
    const shapes = texts.map((text) => text.replaceAll(/\d+/g, 'N'));
    return texts.flatMap((text, at) => {
      const shape = shapes[at];
      const count = shapes.filter((other) => other === shape).length;
      if (count <= LISTED_MAX) return [text];
      return shapes.indexOf(shape ?? '') === at ? [`${text} (the first of ${count})`] : [];
    });
  }

  private dropLines(before: Readonly<Record<string, number>>): string[] {
    return Object.entries(this.relay.relay.counts).flatMap(([what, count]) => {
      const more = count - (before[what] ?? 0);
      return what.startsWith('dropped_') && more > 0 ? [`counted as ${what}: ${more}`] : [];
    });
  }

  private nameOfKey(key: string): string {
    const names = [SERVER, ...this.clients.names(), ...this.peers.names(), ...this.peers.remoteNames()];
    return names.find((name) => fakeKey(name).publicKey === key) ?? 'another key';
  }
}
