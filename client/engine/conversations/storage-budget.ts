// How much one friend makes us store in a day (SPEC CHAT-20, CHAT-21). What exceeds it is neither stored nor
// acknowledged; when the day is over, the friend is made to send it again.

import { byteLength, parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { MIB } from '../../../protocols/kit/limits/units.js';
import type { Instant } from '../../../protocols/kit/machine.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import { SETTINGS } from '../core/settings.js';
import type { StoredMessage } from '../core/store.js';
import type { People } from '../identity/people.js';
import type { Connector } from '../transport/connector.js';
import type { Links } from '../transport/links.js';

interface Dependencies {
  readonly people: People;
  readonly links: Links;
  readonly connector: Connector;
}

/** `since`: when the day began, with the first byte. `isExceeded`: nothing more is stored before its end. */
interface Account {
  readonly user: string;
  readonly since: Instant;
  bytes: number;
  isExceeded: boolean;
}

export class StorageBudget {
  private readonly accounts = new Map<string, Account>();
  private readonly alarms: PartAlarms;
  private readonly bytesMax: number;
  private readonly stepBytes: number;
  private unkeptBytes = 0;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('storage budget');
    this.bytesMax = context.options.friendBytesPerDay;
    this.stepBytes = Math.min(LIMITS.friendBytesKeptStep, this.bytesMax / 8);
    const kept = parseJson(context.store.setting(SETTINGS.storedToday) ?? '[]') as Account[];
    for (const account of kept) this.restore(account);
  }

  /** True if a message may be stored, or is stored already: then it is only acknowledged again. */
  admits({ peer, id, text }: StoredMessage): boolean {
    const isAdmitted = this.hasRoom(peer, bytesOf(text)) || this.context.store.message(id) !== null;
    if (!isAdmitted) this.exceeded(peer);
    return isAdmitted;
  }

  /** A message that was admitted is stored now. */
  added({ peer, text }: StoredMessage): void {
    this.stored(peer, bytesOf(text));
  }

  /** True if so many bytes more of a friend may be stored today. */
  hasRoom(user: string, bytes: number): boolean {
    const { bytes: stored, isExceeded } = this.accountOf(user);
    return !isExceeded && stored + bytes <= this.bytesMax;
  }

  /** So many bytes of a friend were stored. */
  private stored(user: string, bytes: number): void {
    this.accountOf(user).bytes += bytes;
    this.unkeptBytes += bytes;
    // Between two steps only memory knows: a restart forgets a small part of what was counted.
    if (this.unkeptBytes >= this.stepBytes) this.keep();
  }

  /** Something of a friend was not stored for lack of room. From now on nothing is, so that no gap arises. */
  private exceeded(user: string): void {
    const account = this.accountOf(user);
    if (account.isExceeded) return;
    account.isExceeded = true;
    this.keep();
    this.setAlarm(account);
    this.context.warn('FRIEND_BUDGET', this.explanation(user));
  }

  /** Takes so many bytes. False, and nothing may be stored, if there is no room for them. */
  take(user: string, bytes: number): boolean {
    const hasRoom = this.hasRoom(user, bytes);
    if (hasRoom) this.stored(user, bytes);
    else this.exceeded(user);
    return hasRoom;
  }

  private accountOf(user: string): Account {
    const known = this.accounts.get(user);
    if (known && !this.isOver(known)) return known;
    if (known?.isExceeded) this.renew(user);
    const fresh = { user, since: this.context.now, bytes: 0, isExceeded: false };
    this.accounts.set(user, fresh);
    return fresh;
  }

  /** A day also ends when the clock of this computer was set back before its beginning. */
  private isOver({ since }: Account): boolean {
    return this.context.now >= since + LIMITS.friendBudgetMs || this.context.now < since;
  }

  private restore(account: Account): void {
    this.accounts.set(account.user, account);
    if (account.isExceeded) this.setAlarm(account);
  }

  private setAlarm({ user, since }: Account): void {
    this.alarms.set(user, since + LIMITS.friendBudgetMs, () => this.renew(user));
  }

  /** A new link brings all that was not acknowledged. Letters that were dropped come again after `budgetRenewed`. */
  private renew(user: string): void {
    this.alarms.drop(user);
    this.accounts.delete(user);
    this.keep();
    if (!this.parts.people.isFriend(user)) return;
    this.context.report({ type: 'budgetRenewed', user });
    this.context.postpone(() => {
      this.parts.links.cut(user);
      this.parts.connector.want(user, LIMITS.connectAttemptMs);
    });
  }

  private keep(): void {
    this.unkeptBytes = 0;
    for (const account of this.accounts.values())
      if (this.isOver(account) && !account.isExceeded) this.accounts.delete(account.user);
    this.context.store.putSetting(SETTINGS.storedToday, JSON.stringify([...this.accounts.values()]));
  }

  private explanation(user: string): string {
    const mib = Math.floor(this.bytesMax / MIB);
    const end = this.parts.people.isFriend(user)
      ? `type: block ${user}`
      : 'leave the groups you share: leave_group GROUP';
    return (
      `${user} has sent more than ${mib} MiB within a day, so your client stores nothing more of ${user} for now. ` +
      `The rest comes by itself within 24 hours. To allow more, start with: --friend-mib-per-day ${2 * mib}. ` +
      `To end it, ${end}`
    );
  }
}

/** About what a message takes on disk. */
function bytesOf(text: string): number {
  return byteLength(text) + LIMITS.messageOverheadBytes;
}
