// Gives friends back what a stale copy of their data has lost (SPEC CHAT-19), one batch for each request, at a bounded
// pace.

import type { RecoveredMessage, RecoveryFrame, RecoveryRequestFrame } from '../../../protocols/chat/messages.js';
import { TokenBucket } from '../../../protocols/kit/bounds/token-bucket.js';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { StoredMessage } from '../core/store.js';
import type { Conversations } from '../conversations/conversations.js';
import type { Links } from '../transport/links.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { Carrier } from './inbox.js';
import { wireMessage } from './wire-message.js';

interface Dependencies {
  readonly conversations: Conversations;
  readonly links: Links;
  readonly mail: OutgoingMail;
}

export class RecoveryAnswers {
  /** How fast each friend gets batches over a link. */
  private readonly paces = new Map<string, TokenBucket>();
  private readonly alarms: PartAlarms;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
    /** True while this friend may have something that we lack. */
    private readonly isWanted: (user: string) => boolean,
  ) {
    this.alarms = context.alarms.for('recovery answers');
  }

  forget(user: string): void {
    this.paces.delete(user);
    this.alarms.drop(user);
  }

  /** A friend that asks very often waits, and gets only what it asked for last: it takes no other answer (CHAT-19). */
  asked(user: string, request: RecoveryRequestFrame, carrier: Carrier): void {
    this.alarms.drop(user);
    const { now } = this.context;
    const pace = this.paces.get(user) ?? new TokenBucket(LIMITS.historyRecoveryBatches, now);
    this.paces.set(user, pace);
    if (pace.take(now)) this.answer(user, request, carrier);
    else this.alarms.set(user, now + pace.waitMs(now), () => this.asked(user, request, carrier));
  }

  private answer(user: string, { conversation, nonce, have }: RecoveryRequestFrame, carrier: Carrier): void {
    if (this.parts.conversations.with(user)?.id !== conversation) return;
    const messages: RecoveredMessage[] = [];
    const more = this.gather(user, new Map(have.map(({ device, upTo }) => [device, upTo])), messages);
    const frame: RecoveryFrame = { type: 'refill', conversation, nonce, messages, more };
    if (carrier === 'link') this.parts.links.send(user, frame);
    else this.parts.mail.postLatest(user, 'refill', frame, () => 'refill');
  }

  /** Adds what the friend lacks to the batch until it is full; true if something is left. */
  private gather(user: string, have: ReadonlyMap<string, number>, batch: RecoveredMessage[]): boolean {
    const { store } = this.context;
    const id = this.parts.conversations.with(user)?.id ?? '';
    let bytes = 0;
    for (const device of store.lanes(user)) {
      const lane = store.laneAfter(user, device, have.get(device) ?? 0, LIMITS.messagesPerLetter);
      for (const message of lane.filter((each) => this.mayGive(user, each))) {
        bytes += byteLength(JSON.stringify(message.text)) + LIMITS.messageOverheadBytes;
        const isFull = batch.length >= LIMITS.messagesPerLetter || bytes > LIMITS.historyRecoveryBatchBytes;
        if (isFull && batch.length > 0) return true;
        batch.push(this.toRecovered(id, message));
      }
    }
    return false;
  }

  private toRecovered(conversation: string, message: StoredMessage): RecoveredMessage {
    const { ownProofs } = this.context;
    const wire = wireMessage(conversation, message, { after: message.after, ownProofs });
    return message.mine ? { yours: false, ...wire } : { yours: true, ...wire, proof: message.proof };
  }

  /**
   * False for what we are said to have written, and for messages that our retired device had waiting: they may be
   * written again by this one, once the friend has answered. Sent here too, in answer to a question that crosses ours,
   * they would arrive twice, under two seqs.
   */
  private mayGive(user: string, { mine, device, state }: StoredMessage): boolean {
    if (state === 'remembered') return false;
    const isWaiting = mine && (state === 'queued' || state === 'held');
    return !isWaiting || !this.isWanted(user) || device === this.context.me.device.publicKey;
  }
}
