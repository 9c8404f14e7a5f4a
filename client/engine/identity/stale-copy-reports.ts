// Reports that our data is a stale copy: the name server or a friend remembers more of this device (SPEC CHAT-18). A
// friend has to show our own proof of it (SPEC LINK-11).

import type { HeardMark, MessageMark } from '../../../protocols/kit/own-proofs/marks.js';
import { pairConversation } from '../../../protocols/chat/messages.js';
import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import { Registration } from '../core/registration.js';
import type { People } from './people.js';

/** Key rotation registers: it decides which reports are believed. */
export interface StaleCopyListener {
  /** False while a report rotated the device less than a day ago. */
  readonly mayBelieve: boolean;
  detectedByServer(): void;
  detectedByFriend(): void;
  /** This friend's device has our acknowledgement of all its messages up to a seq. */
  acknowledgedUpTo(peer: LinkPeer, seq: number): void;
}

export class StaleCopyReports {
  readonly listener = new Registration<StaleCopyListener>();

  constructor(
    private readonly context: Context,
    private readonly people: People,
  ) {}

  /** False: a report now would change nothing. */
  get mayBelieve(): boolean {
    return this.listener.target.mayBelieve;
  }

  detectedByServer(): void {
    this.context.postpone(() => this.listener.target.detectedByServer());
  }

  /**
   * A user says to have this message of our device. True where that proves our data to be a stale copy: we wrote it,
   * and do not have it. Group peers are not believed, even with a proof.
   */
  seenByUser(user: string, mark: MessageMark | null): boolean {
    const { me, store, ownProofs } = this.context;
    if (mark === null || !this.people.isFriend(user)) return false;
    const device = me.device.publicKey;
    if (store.messageAt(user, device, mark.seq)?.id === mark.id) return false;
    if (!ownProofs.isOwnMessage({ conversation: this.conversationWith(user), device }, mark)) return false;
    this.context.postpone(() => this.listener.target.detectedByFriend());
    return true;
  }

  /** A friend says to have followed our catalogue of posts beyond its last change. */
  catalogueFollowed(user: string, { change, proof }: { change: number; proof: string | null }): void {
    const { me, ownProofs } = this.context;
    if (proof === null || !this.people.isFriend(user)) return;
    if (!ownProofs.isOwnCatalogue(me.device.publicKey, { change, proof })) return;
    this.context.postpone(() => this.listener.target.detectedByFriend());
  }

  /** A friend's device says how far we have acknowledged its messages. */
  acknowledgedUpTo(peer: LinkPeer, mark: HeardMark | null): void {
    const { user, device } = peer;
    if (mark === null || !this.people.isFriend(user)) return;
    const lane = { conversation: this.conversationWith(user), device };
    const isNews = mark.seq > this.context.store.lastShownSeq(user, device);
    if (isNews && this.context.ownProofs.isOwnHeard(lane, mark)) {
      this.listener.target.acknowledgedUpTo(peer, mark.seq);
    }
  }

  private conversationWith(user: string): string {
    const { me, primitives } = this.context;
    return pairConversation(me.identity.publicKey, this.people.get(user)?.pinned?.key ?? '', primitives);
  }
}
