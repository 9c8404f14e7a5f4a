// Reports that our data is a stale copy: the name server or a friend remembers more of this device (SPEC CHAT-18).

import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import { Registration } from '../core/registration.js';

/** Key rotation registers: it decides which reports are believed. */
export interface StaleCopyListener {
  /** False while a report rotated the device less than a day ago. */
  readonly mayBelieve: boolean;
  detectedByServer(): void;
  detectedByFriend(): void;
  /** By its own word, this friend's device has our acknowledgement of all its messages up to a seq. */
  acknowledgedUpTo(peer: LinkPeer, seq: number): void;
}

export class StaleCopyReports {
  readonly listener = new Registration<StaleCopyListener>();

  constructor(private readonly context: Context) {}

  /** False: a report now would change nothing. */
  get mayBelieve(): boolean {
    return this.listener.target.mayBelieve;
  }

  detectedByServer(): void {
    this.context.postpone(() => this.listener.target.detectedByServer());
  }

  detectedByFriend(): void {
    this.context.postpone(() => this.listener.target.detectedByFriend());
  }

  acknowledgedUpTo(peer: LinkPeer, seq: number): void {
    this.listener.target.acknowledgedUpTo(peer, seq);
  }
}
