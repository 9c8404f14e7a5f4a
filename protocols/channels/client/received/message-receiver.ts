// What others say, aloud or to us alone: shown only where it is proved, new, of now, and meant for us (VISIT-1 to 3).

import { byteLength, parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { isName } from '../../../kit/names.js';
import type { Signed } from '../../../kit/signed.js';
import {
  channelMessageShape,
  directMessageShape,
  type ChannelMessage,
  type DirectMessage,
} from '../../signed-objects.js';
import type { KnownParticipants } from './known-participants.js';
import type { Apply, VerificationQueue } from './verification-queue.js';
import type { Memberships } from '../memberships.js';
import type { OutgoingQueue } from '../outgoing-queue.js';
import { ReplayGuard } from './replay-guard.js';
import type { ChannelClientContext } from '../client-context.js';
import type { DirectMessages } from '../direct-messages.js';

export interface MessageReceiverParts {
  readonly cards: KnownParticipants;
  readonly hearing: VerificationQueue;
  readonly memberships: Memberships;
  readonly sayings: OutgoingQueue;
  readonly whispers: DirectMessages;
}

const NOTHING: Apply = () => undefined;

export class MessageReceiver {
  private readonly speakers = new ReplayGuard();
  private hasToldForgery = false;
  private hasToldUntimely = false;

  constructor(
    private readonly turn: ChannelClientContext,
    private readonly parts: MessageReceiverParts,
  ) {}

  /** A new connection: what its server does is told anew. */
  opened(): void {
    this.hasToldForgery = false;
    this.hasToldUntimely = false;
  }

  heard(kind: 'channel' | 'direct', signed: Signed): void {
    const said = parseJson(signed.payload);
    if (kind === 'channel' && channelMessageShape.accepts(said)) return this.aloud(signed, said);
    if (kind === 'direct' && directMessageShape.accepts(said)) return this.toUs(signed, said);
    this.forgery('something that is no message');
  }

  /** Told once in a connection: more would be in the hands of who does it. */
  forgery(what: string): void {
    if (this.hasToldForgery) return;
    this.hasToldForgery = true;
    this.turn.tell({ news: 'forgery', what });
  }

  private untimely(aheadMs: number): void {
    if (this.hasToldUntimely) return;
    this.hasToldUntimely = true;
    this.turn.tell({ news: 'untimely', aheadMs });
  }

  private aloud(signed: Signed, message: ChannelMessage): void {
    const { channel, text, life, counter, at } = message;
    if (!this.mayShow(message) || !this.parts.memberships.isWanted(channel)) return;
    if (byteLength(text) > LIMITS.messageTextBytes) return this.forgery('a text that is too long');
    this.verify('channel_message', signed, message, (take) =>
      take(() => {
        if (!this.parts.memberships.isWanted(channel)) return;
        const from = this.parts.cards.met(message, null);
        const isMine = from.key === this.turn.me.key;
        if (isMine && life === this.turn.options.life) this.parts.sayings.taken(counter);
        this.turn.tell({ news: 'said', channel, from, life, counter, text, at, isMine });
      }),
    );
  }

  private toUs(signed: Signed, direct: DirectMessage): void {
    const { me } = this.turn;
    if (direct.to !== me.key) return this.forgery('what was whispered to somebody else');
    if (direct.key === me.key || !this.mayShow(direct)) return;
    this.verify('direct', signed, direct, (take) =>
      this.turn.unseal(direct.sealed, (plain) => {
        const whisper = this.parts.whispers.read(direct, plain);
        take(() => {
          const from = this.parts.cards.met(direct, null);
          if (whisper) this.parts.whispers.heard(from, whisper, direct.at); // else its sender sealed it wrong
        });
      }),
    );
  }

  /** What can be said without looking at the signature, so that what is old costs little. */
  private mayShow(said: ChannelMessage | DirectMessage): boolean {
    if (!this.turn.options.mayHear(said.key)) return false;
    const aheadMs = said.at - this.turn.now;
    if (Math.abs(aheadMs) > LIMITS.relaySkewMs) this.untimely(aheadMs);
    else if (!isName(said.name)) this.forgery('a name that nobody can have');
    else if (!this.speakers.isNew(said)) this.forgery('the same once more');
    else return true;
    return false;
  }

  /** `then` is given what takes the place in the order of what came; it takes effect only where it still is new. */
  private verify(
    type: 'channel_message' | 'direct',
    signed: Signed,
    said: ChannelMessage | DirectMessage,
    then: (take: (show: Apply) => void) => void,
  ): void {
    this.parts.hearing.add(signed.payload.length, (proved) => {
      this.turn.verify(type, signed, said.key, (holds) => {
        if (!holds) return proved(() => this.forgery('what nobody signed'));
        then((show) => proved(() => (this.speakers.take(said, this.turn.now) ? show() : NOTHING())));
      });
    });
  }
}
