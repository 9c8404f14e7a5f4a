// A server's side of channels, whole and pure: joins doors, square, the order of words and federation, and does nothing
// else.

import { LIMITS } from '../../kit/limits.js';
import { earlier, never, type Instant, type Machine } from '../../kit/machine.js';
import type { Dice, Primitives, SecretKey } from '../../kit/primitives.js';
import type { Outcome } from '../../kit/refusals.js';
import { RelayClients } from './clients/relay-clients.js';
import { Federation } from './federation.js';
import type { FingerprintOf } from './peers/expected-key.js';
import { PeerRequests } from './peers/peer-requests.js';
import { SequenceTracker } from './messages/sequence-tracker.js';
import type { SignedMessage } from './messages/signed-message.js';
import { ChannelRegistry } from './channels/channel-registry.js';
import { RelayContext } from './relay-context.js';
import type { SavedPeer, PeerEndpoint, PeerStatus, RelayCount, RelayEffect, RelayInput } from './io.js';

export interface RelayOptions {
  readonly primitives: Primitives;
  readonly dice: Dice;
  /** The server's. */
  readonly key: SecretKey;
  /** Rises with each start: stamps of an earlier one are worth nothing. */
  readonly boot: number;
  /** Where peers reach us; null where we only dial out. */
  readonly listensAt: PeerEndpoint | null;
  /** As the last relay of this server asked to `keep` them, and those that somebody asks for. */
  readonly peers: readonly SavedPeer[];
  /** The fingerprint of a key, by which somebody may ask for a peer. */
  readonly wordsOf: FingerprintOf;
  /** Raised to true, links are made to servers that peers know of. */
  readonly discovers: boolean;
  /** The device keys of the user of that name on this server; null: there is none. */
  readonly ownersOf: (name: string) => readonly string[] | null;
  /** Higher: one visitor can drown the others; lower: who types fast is held up. */
  readonly saysPerSecond?: number;
  readonly saysBurst?: number;
}

export class Relay implements Machine<RelayInput, RelayEffect> {
  private readonly voice = new RelayContext();
  private readonly lives = new SequenceTracker();
  private readonly square: ChannelRegistry;
  private readonly doors: RelayClients;
  private readonly federation: Federation;
  private readonly wishes: PeerRequests;

  constructor(options: RelayOptions) {
    const { voice, lives } = this;
    this.square = new ChannelRegistry(voice, (channel) => this.federation.censuses.elsewhere(channel));
    this.federation = new Federation({
      ...options,
      ...{ voice, square: this.square },
      heard: (speech, peer, now) => this.hear(lives.take(speech, peer, now)),
    });
    const { links, book, bans } = this.federation;
    this.wishes = new PeerRequests({ ...options, links, book, bans, server: options.key.publicKey });
    this.doors = new RelayClients({
      saysPerSecond: LIMITS.channelMessagesPerSecond,
      saysBurst: LIMITS.channelMessagesBurst,
      ...options,
      ...{ voice, lives, square: this.square, server: options.key.publicKey },
      said: (speech, network, now) => this.said(speech, network, now),
    });
  }

  /** What happened since this relay began. */
  get counts(): Readonly<Record<RelayCount, number>> {
    return this.voice.counts;
  }

  /** Connections at the doors. */
  get visitors(): number {
    return this.doors.size;
  }

  /** Channels with somebody in them, here. */
  get channels(): number {
    return this.square.size;
  }

  /** How much is remembered, by what it is of: nothing of it grows without bound. */
  get memory(): Readonly<Record<'lives' | 'heldBack' | 'origins' | 'censuses' | 'addresses' | 'links', number>> {
    const { lives, federation } = this;
    const { origins, censuses, addresses, links } = federation;
    const sizes = { lives: lives.size, heldBack: lives.heldBack, origins: origins.size };
    return { ...sizes, censuses: censuses.size, addresses: addresses.size, links: links.size };
  }

  peers(): PeerStatus[] {
    return this.wishes.list();
  }

  handle(input: RelayInput, now: Instant): RelayEffect[] {
    this.route(input, now);
    return this.voice.take();
  }

  wakeAt(): Instant | null {
    const { lives, doors, square, federation } = this;
    return earlier(earlier(lives.wakeAt(), doors.wakeAt()), earlier(square.wakeAt(), federation.wakeAt()));
  }

  private route(input: RelayInput, now: Instant): void {
    const { doors, federation } = this;
    switch (input.kind) {
      case 'visitor_frame':
        return doors.hear(input.visitor, input.frame, now);
      case 'visitor_opened':
        return doors.open(input.visitor, input.address, now);
      case 'visitor_closed':
        return doors.close(input.visitor);
      case 'peer_frame':
        return federation.hear(input.link, input.frame, now);
      case 'peer_drained':
        return federation.drained(input.link, now);
      case 'peer_opened':
        return federation.open(input, now);
      case 'peer_closed':
        return federation.closed(input.link, input.reason, now);
      case 'dial_failed':
        return federation.dialFailed(input.dial, input.reason, now);
      case 'connect':
        return this.answer(input.ref, this.wishes.connect(input.place, input.key, now), now);
      case 'disconnect':
        return this.answer(input.ref, this.wishes.disconnect(input.peer, now), now);
      case 'wake':
        return this.wake(now);
      default:
        return never(input);
    }
  }

  private wake(now: Instant): void {
    this.hear(this.lives.due(now));
    this.doors.wake(now);
    this.federation.wake(now);
    this.square.wake(now);
  }

  /** Something was said at our own doors. */
  private said(speech: SignedMessage, network: string, now: Instant): void {
    this.federation.say(speech.kind, speech.said, now);
    this.hear(this.lives.take(speech, network, now));
  }

  private hear(speeches: readonly SignedMessage[]): void {
    for (const speech of speeches) {
      if (speech.kind === 'direct') this.doors.whisper(speech);
      else this.square.hear(speech.words.channel, speech.said);
    }
  }

  private answer(ref: number, outcome: Outcome<PeerEndpoint>, now: Instant): void {
    this.voice.want({ kind: 'answer', ref, outcome });
    this.federation.wake(now);
  }
}
