// The peers of a transcript: link, relay, repeat and forge, each by a command.

import assert from 'node:assert/strict';
import type { PeerFrame } from '../../../../protocols/channels/peer-protocol.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { FakePeer } from '../../../protocols/channels/relay/fake-peer.js';
import { FakeClient, type RelayTestbed } from '../../../protocols/channels/relay/relay-testbed.js';
import { channelName, type Verb } from './fake-clients.js';

type Envelope = Extract<PeerFrame, { type: 'relay' }>;

export class FakePeers {
  private readonly peers = new Map<string, FakePeer>();
  private readonly senders = new Map<string, FakeClient>();
  /** The last envelope of each origin. */
  private readonly envelopes = new Map<string, Envelope>();
  /** The name of the link that is being opened. */
  private opening = '';

  constructor(private readonly relay: RelayTestbed) {}

  readonly verbs: Readonly<Record<string, Verb>> = {
    links: (name) => this.open(name, name, null),
    accepts: (host, [, name = host]) => this.open(host, name, this.lastDial()),
    greets: (name) => this.get(name).hello(),
    drains: (name) => void this.relay.give({ type: 'peer_drained', link: this.get(name).link }),
    unlinks: (name) => void this.relay.give({ type: 'peer_closed', link: this.get(name).link, reason: 'closed' }),
    writes: (name, words) => this.write(name, words, this.relay.now),
    backdates: (name, words) => this.write(name, words, this.relay.now - LIMITS.relaySkewMs - 1),
    sends: (name) => this.get(name).send(this.envelope(name)),
    relays: (name, words) => {
      this.write(name, words, this.relay.now);
      this.get(name).send(this.envelope(name));
    },
    // "oslo repeats bergen with 9 hops": sends the last envelope of this origin.
    repeats: (name, [origin = '', , hops]) => this.get(name).send({ ...this.envelope(origin), hops: Number(hops) }),
    forges: (name, [origin = '']) => this.get(name).send(altered(this.envelope(origin))),
  };

  nameOf(link: number): string {
    return [...this.peers].find(([, peer]) => peer.link === link)?.[0] ?? this.opening;
  }

  names(): string[] {
    return [...this.peers.keys(), this.opening];
  }

  /** The origins that peers have relayed envelopes of, and the clients who signed the messages in them. */
  remoteNames(): string[] {
    return [...this.envelopes.keys(), ...this.senders.keys()];
  }

  private open(host: string, name: string, dial: number | null): void {
    this.opening = name;
    this.peers.set(name, new FakePeer(this.relay, name, { dial, hello: false, host }));
  }

  private lastDial(): number {
    const dial = this.relay.effects.findLast((effect) => effect.type === 'dial');
    assert.ok(dial, 'the relay has not dialled');
    return dial.dial;
  }

  /** Writes an envelope around a new message of a client of this peer, without sending it. */
  private write(name: string, [channel, sender = '', ...text]: readonly string[], at: number): void {
    const signer = this.senders.get(sender) ?? new FakeClient(sender);
    this.senders.set(sender, signer);
    const said = signer.says(channelName(channel), text.join(' '), { at });
    this.envelopes.set(name, this.get(name).relayed(said, { at }));
  }

  private envelope(origin: string): Envelope {
    const envelope = this.envelopes.get(origin);
    assert.ok(envelope, `${origin} has sent no envelope`);
    return envelope;
  }

  private get(name: string): FakePeer {
    const peer = this.peers.get(name);
    assert.ok(peer, `${name} has not linked`);
    return peer;
  }
}

function altered(envelope: Envelope): Envelope {
  const { cargo } = envelope;
  return {
    ...envelope,
    hops: 1,
    cargo: { ...cargo, payload: cargo.payload.replace(/"text":"[^"]*"/, '"text":"forged"') },
  };
}
