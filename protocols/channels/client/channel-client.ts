// A visitor of channels (SPEC.md, the visitor's side): every input goes to the part it concerns, and nothing else
// happens here.

import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { earlier, assertNever, type Instant, type Machine } from '../../kit/machine.js';
import { Refusal } from '../../kit/refusals.js';
import { KnownParticipants } from './received/known-participants.js';
import { ServerConnection, type ConnectionState, type ForwardedFrame } from './server-connection.js';
import { VerificationQueue } from './received/verification-queue.js';
import { MessageReceiver } from './received/message-receiver.js';
import { Memberships } from './memberships.js';
import { OutgoingQueue } from './outgoing-queue.js';
import { ChannelClientContext, type ChannelClientOptions } from './client-context.js';
import { DirectMessages } from './direct-messages.js';
import type { ChannelPresence, Participant, ChannelClientEffect, ChannelClientInput } from './io.js';

export class ChannelClient implements Machine<ChannelClientInput, ChannelClientEffect> {
  private readonly turn: ChannelClientContext;
  private readonly connection: ServerConnection;
  private readonly memberships: Memberships;
  private readonly sayings: OutgoingQueue;
  private readonly whispers: DirectMessages;
  private readonly cards: KnownParticipants;
  private readonly hearing = new VerificationQueue();
  private readonly listening: MessageReceiver;

  constructor(options: ChannelClientOptions) {
    this.turn = new ChannelClientContext(options);
    this.connection = new ServerConnection(this.turn, {
      opened: () => this.opened(),
      frame: (frame) => this.frame(frame),
      lost: (since) => this.memberships.lost(since),
      refused: (refusal) => this.refused(refusal),
    });
    this.memberships = new Memberships(this.turn, this.connection);
    this.sayings = new OutgoingQueue(this.turn, this.connection, this.memberships);
    this.whispers = new DirectMessages(this.turn, this.sayings);
    this.cards = new KnownParticipants(this.turn);
    const { cards, hearing, memberships, sayings, whispers } = this;
    this.listening = new MessageReceiver(this.turn, { cards, hearing, memberships, sayings, whispers });
  }

  /** Where the connection stands, as the news `connection` last told it; before the first, `asleep`. */
  get connectionState(): ConnectionState {
    return this.connection.state;
  }

  /** The channels we want to be in. */
  channels(): ChannelPresence[] {
    return this.memberships.shown();
  }

  /** True iff we are in it now. */
  isIn(channel: string): boolean {
    return this.memberships.isIn(channel);
  }

  /** Whose card or words we have, the one met last at the end. */
  known(): Participant[] {
    return this.cards.all();
  }

  handle(input: ChannelClientInput, now: Instant): ChannelClientEffect[] {
    this.turn.now = now;
    this.connection.wake(); // first: a program that stood still must not take what queued up meanwhile for news of now
    this.route(input);
    return this.turn.takeEffects();
  }

  wakeAt(): Instant | null {
    const parts = [this.connection, this.memberships, this.sayings, this.whispers];
    return parts.map((part) => part.wakeAt()).reduce(earlier, null);
  }

  private route(input: ChannelClientInput): void {
    switch (input.kind) {
      case 'wake':
        return this.wake();
      case 'awake':
        return this.connection.awake();
      case 'asleep':
        return this.connection.asleep();
      case 'join':
        return this.memberships.join(input.ref, input.channel);
      case 'part':
        return this.part(input.ref, input.channel);
      case 'say':
        return this.say(input);
      case 'whisper':
        return this.whisper(input);
      case 'door_opened':
        return this.connection.opened(input.door);
      case 'door_frame':
        return this.connection.frame(input.door, input.frame);
      case 'door_closed':
        return this.connection.closed(input.door, input.reason);
      case 'door_refused':
        return this.connection.turnedAway(input.door, input.refusal);
      default:
        return this.turn.returned(input);
    }
  }

  private wake(): void {
    this.connection.wake();
    this.memberships.wake();
    this.sayings.wake();
    this.whispers.wake();
  }

  private part(ref: number, channel: string): void {
    this.memberships.part(ref, channel);
    this.sayings.parted(channel);
  }

  private say({ ref, channel, text }: Extract<ChannelClientInput, { kind: 'say' }>): void {
    const refusal = this.memberships.isWanted(channel) ? textRefusal(text) : new Refusal('CHANNEL_NOT_IN', channel);
    if (refusal) return this.turn.refuse(ref, refusal);
    this.sayings.add({ channel, text }, (fate) => {
      if (fate instanceof Refusal) this.turn.refuse(ref, fate);
      else this.turn.answer(ref, { ok: true, done: 'said', ...fate });
    });
  }

  private whisper({ ref, to, text }: Extract<ChannelClientInput, { kind: 'whisper' }>): void {
    const visitor = this.cards.get(to) ?? this.memberships.find(to);
    const refusal = visitor ? textRefusal(text) : new Refusal('VISITOR_UNKNOWN', to);
    if (refusal) this.turn.refuse(ref, refusal);
    else if (visitor) this.whispers.whisper(ref, visitor, text);
  }

  private opened(): void {
    this.listening.opened();
    this.memberships.opened();
    this.sayings.pump();
  }

  private refused(refusal: Refusal): void {
    this.memberships.refused(refusal);
    this.sayings.refused(refusal);
  }

  private frame(frame: ForwardedFrame): void {
    if (this.hearing.isFull) return this.connection.giveUp('more comes in than can be checked');
    switch (frame.type) {
      case 'heard':
        return this.listening.heard(frame.kind, frame.said);
      case 'taken':
        return frame.life === this.turn.options.life ? this.sayings.taken(frame.counter) : undefined;
      case 'error':
        return this.error(frame);
      case 'joined':
        return this.joined(frame);
      case 'came':
        return this.came(frame);
      case 'left':
        return this.inOrder(() => this.memberships.update(frame.channel, (list) => list.left(frame.key)));
      case 'counts':
        return this.inOrder(() => this.memberships.update(frame.channel, (list) => list.recount(frame)));
      case 'parted':
        return this.inOrder(() => this.memberships.parted(frame.channel));
      default:
        return assertNever(frame);
    }
  }

  private error({ code, about, counter }: Extract<ForwardedFrame, { type: 'error' }>): void {
    const refusal = Refusal.from(code, about);
    if (counter !== undefined) return this.sayings.refusedOne(counter, refusal);
    this.inOrder(() => {
      this.memberships.error(about, refusal);
      if (!this.memberships.isWanted(about)) this.sayings.parted(about);
    });
  }

  private joined(frame: Extract<ForwardedFrame, { type: 'joined' }>): void {
    const door = this.connection.openDoor ?? 0;
    const bytes = frame.here.reduce((sum, { payload }) => sum + payload.length, 0);
    this.hearing.add(bytes, (proved) => {
      this.readAll(frame.here, (here) => {
        proved(() => {
          this.memberships.joined(door, { ...frame, here });
          this.sayings.pump();
        });
      });
    });
  }

  private came({ channel, card }: Extract<ForwardedFrame, { type: 'came' }>): void {
    this.hearing.add(card.payload.length, (proved) => {
      this.readAll([card], ([visitor]) => {
        proved(() => {
          if (visitor) this.memberships.update(channel, (list) => list.came(visitor));
        });
      });
    });
  }

  /** Who the cards are of, once all are proved; what nobody signed is left out (CHAN-9). */
  private readAll(
    signed: Extract<ForwardedFrame, { type: 'joined' }>['here'],
    then: (here: Participant[]) => void,
  ): void {
    const found: (Participant | null)[] = [];
    let left = signed.length;
    if (left === 0) return then([]);
    signed.forEach((card, at) => {
      this.cards.read(card, (visitor) => {
        found[at] = visitor && this.cards.met(visitor, card);
        if (visitor === null) this.listening.forgery('a card that nobody signed');
        left -= 1;
        if (left === 0) then(found.filter((one) => one !== null));
      });
    });
  }

  private inOrder(take: () => void): void {
    this.hearing.add(0, (proved) => proved(take));
  }
}

/** Why a text cannot be said, or null. */
function textRefusal(text: string): Refusal | null {
  if (text.trim() === '') return new Refusal('TEXT_EMPTY');
  const bytes = byteLength(text);
  return bytes > LIMITS.messageTextBytes
    ? new Refusal('TEXT_TOO_LONG', `it has ${bytes} bytes of at most 16 KiB`)
    : null;
}
