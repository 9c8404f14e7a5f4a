// How far each user has acknowledged the messages of this device (SPEC LINK-11), counted for the key pinned now.

import type { Context } from '../core/context.js';
import { SETTINGS } from '../core/settings.js';

export class DeliveredMarks {
  constructor(private readonly context: Context) {}

  /** The highest acknowledged seq, 0 where the user acknowledged none under the key pinned now. */
  upTo(user: string): number {
    const delivered = this.acknowledgedUpTo(user);
    const byEarlierKey = Number(this.context.store.setting(SETTINGS.heardByEarlierKey(user)) ?? 0);
    return delivered > byEarlierKey ? delivered : 0;
  }

  /** The user's key has changed: what the earlier key acknowledged says nothing about the new one. */
  restart(user: string): void {
    this.context.store.putSetting(SETTINGS.heardByEarlierKey(user), String(this.acknowledgedUpTo(user)));
  }

  private acknowledgedUpTo(user: string): number {
    return this.context.store.lastDelivered(user, this.context.me.device.publicKey);
  }
}
