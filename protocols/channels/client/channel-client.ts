// The channel client machine: connects to one server, joins channels, sends and receives messages. It passes each input
// to the part it concerns.

import { hasVisibleText } from '../../kit/text/visible-text.js';
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
  private readonly context: ChannelClientContext;
  private readonly connection: ServerConnection;
  private readonly memberships: Memberships;
  private readonly outgoing: OutgoingQueue;
  private readonly directMessages: DirectMessages;
  private readonly participants: KnownParticipants;
  private readonly verification = new VerificationQueue();
  private readonly receiver: MessageReceiver;

  constructor(options: ChannelClientOptions) {
    this.context = new ChannelClientContext(options);
    this.connection = new ServerConnection(this.context, {
      opened: () => this.opened(),
      frame: (frame) => this.frame(frame),
      lost: (since) => this.memberships.lost(since),
      refused: (refusal) => this.refused(refusal),
    });
    this.memberships = new Memberships(this.context, this.connection);
    this.outgoing = new OutgoingQueue(this.context, this.connection, this.memberships);
    this.directMessages = new DirectMessages(this.context, this.outgoing);
    this.participants = new KnownParticipants(this.context);
    const { participants, verification, memberships, outgoing, directMessages } = this;
    this.receiver = new MessageReceiver(this.context, {
      participants,
      verification,
      memberships,
      outgoing,
      directMessages,
    });
  }

  /** The state that the last `connection` event reported; `asleep` before the first. */
  get connectionState(): ConnectionState {
    return this.connection.state;
  }

  /** The channels we have joined or are joining. */
  channels(): ChannelPresence[] {
    return this.memberships.shown();
  }

  /** True iff we are in the channel now. */
  isIn(channel: string): boolean {
    return this.memberships.isIn(channel);
  }

  /** The participants seen so far, the last one at the end. */
  known(): Participant[] {
    return this.participants.all();
  }

  handle(input: ChannelClientInput, now: Instant): ChannelClientEffect[] {
    this.context.now = now;
    this.connection.wake(); // first: after a standstill, frames from before it must not count as a sign of life
    this.route(input);
    return this.context.takeEffects();
  }

  wakeAt(): Instant | null {
    const parts = [this.connection, this.memberships, this.outgoing, this.directMessages];
    return parts.map((part) => part.wakeAt()).reduce(earlier, null);
  }

  private route(input: ChannelClientInput): void {
    switch (input.type) {
      case 'wake':
        return this.wake();
      case 'connect':
        return this.connection.connect();
      case 'disconnect':
        return this.connection.disconnect();
      case 'join':
        return this.memberships.join(input.ref, input.channel);
      case 'part':
        return this.part(input.ref, input.channel);
      case 'send':
        return this.send(input);
      case 'send_direct':
        return this.sendDirect(input);
      case 'connection_opened':
        return this.connection.opened(input.connection, input.exporter);
      case 'connection_frame':
        return this.connection.frame(input.connection, input.frame);
      case 'connection_closed':
        return this.connection.closed(input.connection, input.reason);
      case 'connection_refused':
        return this.connection.refusedByServer(input.connection, input.refusal);
      default:
        return this.context.resume(input);
    }
  }

  private wake(): void {
    this.connection.wake();
    this.memberships.wake();
    this.outgoing.wake();
    this.directMessages.wake();
  }

  private part(ref: number, channel: string): void {
    this.memberships.part(ref, channel);
    this.outgoing.parted(channel);
  }

  private send({ ref, channel, text }: Extract<ChannelClientInput, { type: 'send' }>): void {
    const refusal = this.memberships.isWanted(channel) ? textRefusal(text) : new Refusal('CHANNEL_NOT_IN', channel);
    if (refusal) return this.context.refuse(ref, refusal);
    this.outgoing.add({ channel, text }, (outcome) => {
      if (outcome instanceof Refusal) this.context.refuse(ref, outcome);
      else this.context.answer(ref, { ok: true, type: 'sent', ...outcome });
    });
  }

  private sendDirect({ ref, to, text }: Extract<ChannelClientInput, { type: 'send_direct' }>): void {
    const participant = this.participants.get(to) ?? this.memberships.find(to);
    const refusal = participant ? textRefusal(text) : new Refusal('VISITOR_UNKNOWN', to);
    if (refusal) this.context.refuse(ref, refusal);
    else if (participant) this.directMessages.send(ref, participant, text);
  }

  private opened(): void {
    this.receiver.opened();
    this.memberships.opened();
    this.outgoing.flush();
  }

  private refused(refusal: Refusal): void {
    this.memberships.refused(refusal);
    this.outgoing.refused(refusal);
  }

  private frame(frame: ForwardedFrame): void {
    if (this.verification.isFull) return this.connection.giveUp('the server sends more than can be verified');
    switch (frame.type) {
      case 'heard':
        return this.receiver.receive(frame.kind, frame.said);
      case 'taken':
        return frame.life === this.context.options.clientSession ? this.outgoing.confirmed(frame.counter) : undefined;
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
    if (counter !== undefined) return this.outgoing.refusedMessage(counter, refusal);
    this.inOrder(() => {
      this.memberships.error(about, refusal);
      if (!this.memberships.isWanted(about)) this.outgoing.parted(about);
    });
  }

  private joined(frame: Extract<ForwardedFrame, { type: 'joined' }>): void {
    const connection = this.connection.openConnection ?? 0;
    const bytes = frame.here.reduce((sum, { payload }) => sum + payload.length, 0);
    this.verification.add(bytes, (verified) => {
      this.readAll(frame.here, (here) => {
        verified(() => {
          this.memberships.joined(connection, { ...frame, here });
          this.outgoing.flush();
        });
      });
    });
  }

  private came({ channel, card }: Extract<ForwardedFrame, { type: 'came' }>): void {
    this.verification.add(card.payload.length, (verified) => {
      this.readAll([card], ([participant]) => {
        verified(() => {
          if (participant) this.memberships.update(channel, (list) => list.came(participant));
        });
      });
    });
  }

  /** Reads the participants of cards, once all are verified. Forged cards are left out (CHAN-9). */
  private readAll(
    signed: Extract<ForwardedFrame, { type: 'joined' }>['here'],
    then: (here: Participant[]) => void,
  ): void {
    const found: (Participant | null)[] = [];
    let left = signed.length;
    if (left === 0) return then([]);
    signed.forEach((card, at) => {
      this.participants.read(card, (participant) => {
        found[at] = participant && this.participants.remember(participant, card);
        if (participant === null) this.receiver.forgery('a card with a false signature');
        left -= 1;
        if (left === 0) then(found.filter((one) => one !== null));
      });
    });
  }

  private inOrder(apply: () => void): void {
    this.verification.add(0, (verified) => verified(apply));
  }
}

/** Why a text cannot be sent, or null. */
function textRefusal(text: string): Refusal | null {
  if (!hasVisibleText(text)) return new Refusal('TEXT_EMPTY');
  const bytes = byteLength(text);
  return bytes > LIMITS.messageTextBytes
    ? new Refusal('TEXT_TOO_LONG', `it has ${bytes} bytes of at most 16 KiB`)
    : null;
}
