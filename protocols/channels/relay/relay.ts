// A server's side of channels, whole and pure: joins doors, square, the order of words and federation, and does nothing
// else.

import { LIMITS } from '../../kit/limits.js';
import { earlier, never, type Instant, type Machine } from '../../kit/machine.js';
import type { Dice, Primitives, SecretKey } from '../../kit/primitives.js';
import { Doors } from './doors/doors.js';
import { Lives } from './speech/lives.js';
import type { Speech } from './speech/speech.js';
import { Square } from './square/square.js';
import { Voice } from './voice.js';
import type { KeptPeer, PeerPlace, PeerStatus, RelayCount, RelayEffect, RelayInput } from './world.js';

export interface RelayOptions {
  readonly primitives: Primitives;
  readonly dice: Dice;
  /** The server's. */
  readonly key: SecretKey;
  /** Rises with each start: stamps of an earlier one are worth nothing. */
  readonly boot: number;
  /** Where peers reach us; null where we only dial out. */
  readonly listensAt: PeerPlace | null;
  /** As the last relay of this server asked to `keep` them, and those that somebody asks for. */
  readonly peers: readonly KeptPeer[];
  /** Raised to true, links are made to servers that peers know of. */
  readonly discovers: boolean;
  /** The device keys of the user of that name on this server; null: there is none. */
  readonly ownersOf: (name: string) => readonly string[] | null;
  /** Higher: one visitor can drown the others; lower: who types fast is held up. */
  readonly saysPerSecond?: number;
  readonly saysBurst?: number;
}

export class Relay implements Machine<RelayInput, RelayEffect> {
  private readonly voice = new Voice();
  private readonly lives = new Lives();
  private readonly square: Square;
  private readonly doors: Doors;

  constructor(options: RelayOptions) {
    const { voice, lives } = this;
    this.square = new Square(voice, () => 0);
    this.doors = new Doors({
      saysPerSecond: LIMITS.visitorSaysPerSecond,
      saysBurst: LIMITS.visitorSaysBurst,
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

  peers(): PeerStatus[] {
    return [];
  }

  handle(input: RelayInput, now: Instant): RelayEffect[] {
    this.route(input, now);
    return this.voice.take();
  }

  wakeAt(): Instant | null {
    return earlier(this.lives.wakeAt(), earlier(this.doors.wakeAt(), this.square.wakeAt()));
  }

  private route(input: RelayInput, now: Instant): void {
    switch (input.kind) {
      case 'visitor_frame':
        return this.doors.hear(input.visitor, input.frame, now);
      case 'visitor_opened':
        return this.doors.open(input.visitor, input.address, now);
      case 'visitor_closed':
        return this.doors.close(input.visitor);
      case 'wake':
        return this.wake(now);
      case 'peer_frame':
      case 'peer_opened':
      case 'peer_drained':
      case 'peer_closed':
      case 'dial_failed':
      case 'connect':
      case 'disconnect':
        return;
      default:
        return never(input);
    }
  }

  private wake(now: Instant): void {
    for (const speech of this.lives.due(now)) this.hear(speech);
    this.doors.wake(now);
    this.square.wake(now);
  }

  /** Something was said at our own doors. */
  private said(speech: Speech, network: string, now: Instant): void {
    for (const each of this.lives.take(speech, network, now)) this.hear(each);
  }

  private hear(speech: Speech): void {
    if (speech.kind === 'direct') this.doors.whisper(speech);
    else this.square.hear(speech.words.channel, speech.said);
  }
}
