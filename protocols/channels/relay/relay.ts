// The relay machine of a server: passes each input to the part it concerns and each message to clients and peers.

import { LIMITS } from '../../kit/limits.js';
import { earlier, assertNever, type Instant, type Machine } from '../../kit/machine.js';
import type { Outcome } from '../../kit/refusals.js';
import { RelayClients } from './clients/relay-clients.js';
import { Federation, type FederationSettings } from './federation.js';
import { PeerRequests } from './peers/peer-requests.js';
import { SequenceTracker } from './messages/sequence-tracker.js';
import type { SignedMessage } from './messages/signed-message.js';
import { ChannelRegistry } from './channels/channel-registry.js';
import { RelayContext } from './relay-context.js';
import type { PeerEndpoint, PeerStatus, RelayCount, RelayEffect, RelayInput } from './io.js';

export interface RelayOptions extends FederationSettings {
  /** The device keys of the user registered under this name here; null if the name is not registered. */
  readonly ownersOf: (name: string) => readonly string[] | null;
  /** True iff this server speaks for the origin (session, SESS-23). */
  readonly isOwnOrigin: (origin: string) => boolean;
  /** Higher: one client can flood the others. Lower: people who type fast are refused. */
  readonly messagesPerSecond?: number;
  readonly messagesBurst?: number;
  /** Higher: one network can take more of the places. Lower: users of a large network are refused. */
  readonly clientsPerNetworkMax?: number;
}

/** The tables whose size grows with the network. */
type RelayTable = 'sessions' | 'heldMessages' | 'origins' | 'remotePresence' | 'addresses' | 'links';

export class Relay implements Machine<RelayInput, RelayEffect> {
  private readonly context = new RelayContext();
  private readonly sequences = new SequenceTracker();
  private readonly registry: ChannelRegistry;
  private readonly relayClients: RelayClients;
  private readonly federation: Federation;
  private readonly peerRequests: PeerRequests;

  constructor(options: RelayOptions) {
    const { context, sequences } = this;
    this.registry = new ChannelRegistry(context, (channel) => this.federation.remotePresence.elsewhere(channel));
    this.federation = new Federation({
      ...options,
      ...{ context, registry: this.registry },
      onMessage: (message, peer, now) => this.deliver(sequences.accept(message, peer, now)),
    });
    const { links, knownPeers, bans } = this.federation;
    this.peerRequests = new PeerRequests({ ...options, links, knownPeers, bans, server: options.key.publicKey });
    this.relayClients = new RelayClients({
      messagesPerSecond: LIMITS.channelMessagesPerSecond,
      messagesBurst: LIMITS.channelMessagesBurst,
      clientsPerNetworkMax: LIMITS.channelClientsPerNetwork,
      ...options,
      ...{ context, sequences, registry: this.registry, serverKey: options.key },
      onMessage: (message, network, now) => this.publish(message, network, now),
    });
  }

  /** Counters since this relay started. */
  get counts(): Readonly<Record<RelayCount, number>> {
    return this.context.counts;
  }

  /** The number of client connections. */
  get clientCount(): number {
    return this.relayClients.size;
  }

  /** The number of channels that have members on this server. */
  get channelCount(): number {
    return this.registry.size;
  }

  /** The size of each table. All of them are bounded. */
  get memory(): Readonly<Record<RelayTable, number>> {
    const { sequences, federation } = this;
    const { origins, remotePresence, addresses, links } = federation;
    const sizes = { sessions: sequences.size, heldMessages: sequences.heldCount, origins: origins.size };
    return { ...sizes, remotePresence: remotePresence.size, addresses: addresses.size, links: links.size };
  }

  peers(): PeerStatus[] {
    return this.peerRequests.list();
  }

  handle(input: RelayInput, now: Instant): RelayEffect[] {
    this.route(input, now);
    return this.context.takeEffects();
  }

  wakeAt(): Instant | null {
    const { sequences, relayClients: clients, registry, federation } = this;
    return earlier(earlier(sequences.wakeAt(), clients.wakeAt()), earlier(registry.wakeAt(), federation.wakeAt()));
  }

  private route(input: RelayInput, now: Instant): void {
    const { relayClients: clients, federation } = this;
    switch (input.type) {
      case 'client_frame':
        return clients.receive(input.client, input.frame, now);
      case 'client_opened':
        return clients.open(input, now);
      case 'client_closed':
        return clients.close(input.client);
      case 'peer_frame':
        return federation.receive(input.link, input.frame, now);
      case 'peer_drained':
        return federation.drained(input.link, now);
      case 'peer_opened':
        return federation.open(input, now);
      case 'peer_closed':
        return federation.closed(input.link, input.reason, now);
      case 'dial_failed':
        return federation.dialFailed(input.dial, input.reason, now);
      case 'connect':
        return this.answer(input.ref, this.peerRequests.connect(input.endpoint, input.key, now), now);
      case 'disconnect':
        return this.answer(input.ref, this.peerRequests.disconnect(input.peer, now), now);
      case 'wake':
        return this.wake(now);
      default:
        return assertNever(input);
    }
  }

  private wake(now: Instant): void {
    this.deliver(this.sequences.due(now));
    this.relayClients.wake(now);
    this.federation.wake(now);
    this.registry.wake(now);
  }

  /** A new message of a client of this server goes to all peers and to the clients here. */
  private publish(message: SignedMessage, network: string, now: Instant): void {
    this.federation.publish(message.type, message.signed, now);
    this.deliver(this.sequences.accept(message, network, now));
  }

  private deliver(messages: readonly SignedMessage[]): void {
    for (const message of messages) {
      if (message.type === 'direct') this.relayClients.deliverDirect(message);
      else this.registry.deliver(message.content.channel, message.signed);
    }
  }

  private answer(ref: number, outcome: Outcome<PeerEndpoint>, now: Instant): void {
    this.context.emit({ type: 'answer', ref, outcome });
    this.federation.wake(now);
  }
}
