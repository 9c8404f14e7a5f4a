// The clients of a transcript: connect, enter, join and send, each by a command.

import assert from 'node:assert/strict';
import type { Signed } from '../../../../protocols/kit/signed.js';
import type { ServerProof } from '../../../../protocols/kit/server-proof/messages.js';
import { fakeKey } from '../../../sim/kernel/fake-primitives.js';
import { FakeClient, type RelayTestbed } from '../../../protocols/channels/relay/relay-testbed.js';

/** Runs a command: the name of its subject, and the words behind its verb. */
export type Verb = (name: string, words: readonly string[]) => void;

interface ConnectedClient {
  readonly number: number;
  /** What the server has signed; null before its challenge. */
  readonly offer: ServerProof | null;
  readonly sender: FakeClient;
  /** The channel messages sent so far. */
  readonly sent: Signed[];
}

const LONG_TEXT = 'x'.repeat(16_000);

export class FakeClients {
  private readonly clients = new Map<string, ConnectedClient>();

  constructor(private readonly relay: RelayTestbed) {}

  readonly verbs: Readonly<Record<string, Verb>> = {
    connects: (name) => this.connect(name),
    enters: (name, [, card = name]) => this.enter(name, new FakeClient(card)),
    joins: (name, [channel]) => this.frame(name, { type: 'join', channel: channelName(channel) }),
    parts: (name, [channel]) => this.frame(name, { type: 'part', channel: channelName(channel) }),
    says: (name, [channel, ...words]) => this.send(name, channelName(channel), words.join(' ')),
    messages: (name, [to = '']) => this.sendDirect(name, to),
    repeats: (name, [, nth]) => this.say(name, this.get(name).sent[Number(nth) - 1]),
    floods: (name, [channel, , count]) => {
      for (let nth = 0; nth < Number(count); nth += 1) this.send(name, channelName(channel), LONG_TEXT);
    },
    answers: (name) => this.frame(name, { type: 'pong' }),
    leaves: (name) => void this.relay.give({ type: 'client_closed', client: this.get(name).number }),
  };

  nameOf(client: number): string | null {
    return [...this.clients].find(([, { number }]) => number === client)?.[0] ?? null;
  }

  names(): string[] {
    return [...this.clients.keys()];
  }

  has(name: string): boolean {
    return this.clients.has(name);
  }

  private connect(name: string): void {
    // The name must be known before the challenge is shown.
    const number = this.clients.size + 1;
    const sender = new FakeClient(name);
    this.clients.set(name, { number, offer: null, sender, sent: [] });
    const { offer } = this.relay.knock();
    this.clients.set(name, { number, offer, sender, sent: [] });
  }

  private enter(name: string, card: FakeClient): void {
    const { offer, sender } = this.get(name);
    assert.ok(offer);
    this.frame(name, { type: 'enter', card: card.card(), entry: sender.entry(offer) });
  }

  private send(name: string, channel: string, text: string): void {
    const { sender, sent } = this.get(name);
    const said = sender.says(channel, text, { at: this.relay.now });
    sent.push(said);
    this.say(name, said);
  }

  private say(name: string, said: Signed | undefined): void {
    this.frame(name, { type: 'say', kind: 'channel', said });
  }

  private sendDirect(name: string, to: string): void {
    const said = this.get(name).sender.sendsDirect(fakeKey(to).publicKey, 'AAAA', { at: this.relay.now });
    this.frame(name, { type: 'say', kind: 'direct', said });
  }

  private frame(name: string, frame: object): void {
    this.relay.frame(this.get(name).number, frame);
  }

  private get(name: string): ConnectedClient {
    const client = this.clients.get(name);
    assert.ok(client, `${name} has not connected`);
    return client;
  }
}

/** `#lake` is the channel `lake`. */
export function channelName(word = ''): string {
  assert.ok(word.startsWith('#'), `"${word}" is not a channel`);
  return word.slice(1);
}
