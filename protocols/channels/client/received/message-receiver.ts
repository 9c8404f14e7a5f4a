// Receives messages and reports those that are verified, new, recent and meant for us (VISIT-1, VISIT-2, VISIT-3).

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
  readonly participants: KnownParticipants;
  readonly verification: VerificationQueue;
  readonly memberships: Memberships;
  readonly outgoing: OutgoingQueue;
  readonly directMessages: DirectMessages;
}

const IGNORE: Apply = () => undefined;

export class MessageReceiver {
  private readonly replayGuard = new ReplayGuard();
  private hasReportedForgery = false;
  private hasReportedClockMismatch = false;

  constructor(
    private readonly context: ChannelClientContext,
    private readonly parts: MessageReceiverParts,
  ) {}

  /** A new connection: its problems are reported anew. */
  opened(): void {
    this.hasReportedForgery = false;
    this.hasReportedClockMismatch = false;
  }

  receive(kind: 'channel' | 'direct', signed: Signed): void {
    const said = parseJson(signed.payload);
    if (kind === 'channel' && channelMessageShape.accepts(said)) return this.receiveChannelMessage(signed, said);
    if (kind === 'direct' && directMessageShape.accepts(said)) return this.receiveDirectMessage(signed, said);
    this.forgery('something that is not a message');
  }

  /** Reported once for each connection: the sender of forgeries must not control how much is shown. */
  forgery(what: string): void {
    if (this.hasReportedForgery) return;
    this.hasReportedForgery = true;
    this.context.report({ type: 'forgery', what });
  }

  private clockMismatch(aheadMs: number): void {
    if (this.hasReportedClockMismatch) return;
    this.hasReportedClockMismatch = true;
    this.context.report({ type: 'clock_mismatch', aheadMs });
  }

  private receiveChannelMessage(signed: Signed, message: ChannelMessage): void {
    const { channel, text, life: clientSession, counter, at } = message;
    if (!this.mayReport(message) || !this.parts.memberships.isWanted(channel)) return;
    if (byteLength(text) > LIMITS.messageTextBytes) return this.forgery('a text that is too long');
    this.verify('channel_message', signed, message, (take) =>
      take(() => {
        if (!this.parts.memberships.isWanted(channel)) return;
        const from = this.parts.participants.remember(message, null);
        const isMine = from.key === this.context.me.key;
        if (isMine && clientSession === this.context.options.clientSession) this.parts.outgoing.confirmed(counter);
        this.context.report({ type: 'message', channel, from, clientSession, counter, text, at, isMine });
      }),
    );
  }

  private receiveDirectMessage(signed: Signed, direct: DirectMessage): void {
    const { me } = this.context;
    if (direct.to !== me.key) return this.forgery('a direct message for another key');
    if (direct.key === me.key || !this.mayReport(direct)) return;
    this.verify('direct', signed, direct, (take) =>
      this.context.unseal(direct.sealed, (plain) => {
        const content = this.parts.directMessages.read(direct, plain);
        take(() => {
          const from = this.parts.participants.remember(direct, null);
          if (content) this.parts.directMessages.receive(from, content, direct.at); // else its sender sealed it wrongly
        });
      }),
    );
  }

  /** The checks that need no signature; they make old and unwanted messages cheap. */
  private mayReport(said: ChannelMessage | DirectMessage): boolean {
    if (!this.context.options.mayHear(said.key)) return false;
    const aheadMs = said.at - this.context.now;
    if (Math.abs(aheadMs) > LIMITS.relaySkewMs) this.clockMismatch(aheadMs);
    else if (!isName(said.name)) this.forgery('an invalid name');
    else if (!this.replayGuard.isNew(said)) this.forgery('a repeated message');
    else return true;
    return false;
  }

  /** Calls `then` with a valid message. Its change is applied in order, and only if the message is still new. */
  private verify(
    type: 'channel_message' | 'direct',
    signed: Signed,
    said: ChannelMessage | DirectMessage,
    then: (take: (show: Apply) => void) => void,
  ): void {
    this.parts.verification.add(signed.payload.length, (verified) => {
      this.context.verify(type, signed, said.key, (isValid) => {
        if (!isValid) return verified(() => this.forgery('a message with a false signature'));
        then((show) => verified(() => (this.replayGuard.accept(said, this.context.now) ? show() : IGNORE())));
      });
    });
  }
}
