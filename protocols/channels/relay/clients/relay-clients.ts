// The doors: visitors from challenge to close, what they ask for, and what they say.

import { Deadlines } from '../../../kit/bounds/deadlines.js';
import { FairMap } from '../../../kit/bounds/fair-map.js';
import { networkOf } from '../../../kit/bounds/network.js';
import { TokenBucket } from '../../../kit/bounds/token-bucket.js';
import { toBase64url } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { earlier, never, type Instant } from '../../../kit/machine.js';
import type { Dice, Primitives } from '../../../kit/primitives.js';
import { Refusal } from '../../../kit/refusals.js';
import { channelClientFrameShape, type ChannelClientFrame } from '../../client-protocol.js';
import type { SequenceTracker } from '../messages/sequence-tracker.js';
import type { SignedMessage } from '../messages/signed-message.js';
import type { ChannelRegistry } from '../channels/channel-registry.js';
import type { RelayContext } from '../relay-context.js';
import { Keepalive } from './keepalive.js';
import { verifyEntry, type VerifiedEntry } from './entry-proof.js';
import { KeyIndex } from './key-index.js';
import { checkMessage } from './message-check.js';

export interface RelayClientsOptions {
  readonly voice: RelayContext;
  readonly square: ChannelRegistry;
  readonly lives: SequenceTracker;
  readonly primitives: Primitives;
  readonly dice: Dice;
  /** Our public key. */
  readonly server: string;
  readonly ownersOf: (name: string) => readonly string[] | null;
  readonly saysPerSecond: number;
  readonly saysBurst: number;
  /** Something new was said here, and is proven. */
  readonly said: (speech: SignedMessage, network: string, now: Instant) => void;
}

interface Entering {
  readonly state: 'entering';
  readonly challenge: string;
  readonly network: string;
}
interface Inside {
  readonly state: 'inside';
  readonly entrant: VerifiedEntry;
  readonly network: string;
  readonly channels: Set<string>;
  readonly says: TokenBucket;
  readonly frames: TokenBucket;
}
type Frame<T extends ChannelClientFrame['type']> = Extract<ChannelClientFrame, { type: T }>;

export class RelayClients {
  private readonly visitors = new Map<number, Entering | Inside>();
  private readonly entering = new FairMap<number>(LIMITS.channelClientsEnteringMax);
  private readonly entries = new Deadlines(LIMITS.channelEntryMs);
  private readonly attention = new Keepalive();
  private readonly keys = new KeyIndex();

  constructor(private readonly options: RelayClientsOptions) {}

  get size(): number {
    return this.visitors.size;
  }

  open(visitor: number, address: string, now: Instant): void {
    const { voice, dice, server } = this.options;
    if (this.visitors.size >= LIMITS.channelClientsMax) return this.turnAway(visitor, new Refusal('SERVER_BUSY'));
    const network = networkOf(address);
    const challenge = toBase64url(dice.bytes(32));
    this.visitors.set(visitor, { state: 'entering', challenge, network });
    this.entries.start(visitor, now);
    const crowded = this.entering.put(String(visitor), visitor, network);
    if (crowded) this.end(crowded.value, new Refusal('SERVER_BUSY'));
    voice.tell(visitor, { type: 'challenge', challenge, server });
  }

  hear(visitor: number, frame: unknown, now: Instant): void {
    const known = this.visitors.get(visitor);
    if (known === undefined) return;
    if (!channelClientFrameShape.accepts(frame)) return this.end(visitor, new Refusal('MALFORMED', 'the frame'));
    if (known.state === 'inside') return this.hearInside(visitor, known, frame, now);
    if (frame.type !== 'enter') return this.end(visitor, new Refusal('MALFORMED', 'the first frame is the entry'));
    this.enter(visitor, known, frame, now);
  }

  close(visitor: number): void {
    const known = this.visitors.get(visitor);
    this.visitors.delete(visitor);
    this.entering.delete(String(visitor));
    this.entries.stop(visitor);
    this.attention.stop(visitor);
    if (known?.state !== 'inside') return;
    this.keys.remove(known.entrant.card.key, visitor);
    for (const channel of known.channels) this.options.square.part(memberOf(visitor, known), channel);
  }

  /** A direct message reaches all connections of a key [CHAN-10]. */
  whisper({ words, said }: Extract<SignedMessage, { kind: 'direct' }>): void {
    const visitors = this.keys.of(words.to);
    this.options.voice.count('heard', visitors.length);
    this.options.voice.tellAll(visitors, { type: 'heard', kind: 'direct', said });
  }

  wake(now: Instant): void {
    for (const visitor of this.entries.due(now)) this.end(visitor, new Refusal('TIMEOUT', 'the entry'));
    for (const visitor of this.attention.silent(now)) this.end(visitor, new Refusal('TIMEOUT', 'a sign of life'));
    this.options.voice.tellAll(this.attention.toPing(now), { type: 'ping' });
  }

  wakeAt(): Instant | null {
    return earlier(this.entries.next(), this.attention.next());
  }

  private enter(visitor: number, { challenge, network }: Entering, frame: Frame<'enter'>, now: Instant): void {
    const { voice, saysPerSecond, saysBurst } = this.options;
    const entrant = verifyEntry(frame, { ...this.options, challenge });
    if (entrant instanceof Refusal) {
      voice.count('refused_entries');
      return this.end(visitor, entrant);
    }
    this.entering.delete(String(visitor));
    this.entries.stop(visitor);
    this.attention.start(visitor, now);
    this.keys.add(entrant.card.key, visitor);
    const says = new TokenBucket({ perSecond: saysPerSecond, burst: saysBurst }, now);
    const frames = new TokenBucket(FRAMES, now);
    this.visitors.set(visitor, { state: 'inside', entrant, network, channels: new Set(), says, frames });
    voice.count('entered');
    voice.tell(visitor, { type: 'welcome', pingMs: LIMITS.channelClientPingMs });
  }

  private hearInside(visitor: number, inside: Inside, frame: ChannelClientFrame, now: Instant): void {
    this.attention.heard(visitor, now);
    if (frame.type === 'say') return this.say(visitor, inside, frame, now);
    if (!inside.frames.take(now)) return this.end(visitor, new Refusal('CHANNEL_TOO_FAST', 'a second'));
    switch (frame.type) {
      case 'pong':
        return;
      case 'join':
        return this.join(visitor, inside, frame.channel);
      case 'part':
        return this.part(visitor, inside, frame.channel);
      case 'enter':
        return this.end(visitor, new Refusal('MALFORMED', 'a second entry'));
      default:
        return never(frame);
    }
  }

  private join(visitor: number, inside: Inside, channel: string): void {
    const { channels, network } = inside;
    const isFull = !channels.has(channel) && channels.size >= LIMITS.channelsPerClient;
    const joined = isFull
      ? new Refusal('CHANNELS_TOO_MANY', channel)
      : this.options.square.join(memberOf(visitor, inside), channel, network);
    if (joined instanceof Refusal) this.options.voice.refuse(visitor, joined);
    else channels.add(channel);
  }

  private part(visitor: number, inside: Inside, channel: string): void {
    const { voice, square } = this.options;
    if (!inside.channels.delete(channel)) return voice.refuse(visitor, new Refusal('CHANNEL_NOT_IN', channel));
    square.part(memberOf(visitor, inside), channel);
    voice.tell(visitor, { type: 'parted', channel });
  }

  private say(visitor: number, inside: Inside, frame: Frame<'say'>, now: Instant): void {
    const { voice, lives, primitives } = this.options;
    const saying = checkMessage(inside, frame, { lives, primitives, now });
    // What is refused, or said again, costs as other frames do: nobody may ask without end.
    if (saying.is !== 'new' && !inside.frames.take(now))
      return this.end(visitor, new Refusal('CHANNEL_TOO_FAST', 'a second'));
    if (saying.is === 'refused') {
      voice.count('refused_said');
      return voice.refuse(visitor, saying.why, saying.counter ?? undefined);
    }
    const { life } = inside.entrant;
    const counter = saying.is === 'new' ? saying.speech.words.counter : saying.counter;
    voice.tell(visitor, { type: 'taken', life, counter });
    if (saying.is !== 'new') return;
    voice.count('said');
    this.options.said(saying.speech, inside.network, now);
  }

  private end(visitor: number, why: Refusal): void {
    this.turnAway(visitor, why);
    this.close(visitor);
  }

  private turnAway(visitor: number, why: Refusal): void {
    this.options.voice.refuse(visitor, why);
    this.options.voice.want({ kind: 'visitor_close', visitor });
  }
}

const FRAMES = { perSecond: LIMITS.channelClientFramesPerSecond, burst: LIMITS.channelClientFramesBurst };

function memberOf(visitor: number, { entrant }: Inside) {
  return { visitor, key: entrant.card.key, card: entrant.signedCard };
}
