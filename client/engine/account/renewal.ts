// An old copy of our data must not go on under its old numbers (SPEC CHAT-18): a new device takes over, and friends
// are told.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Context } from '../context.js';
import type { Refill } from '../chat/refill.js';
import type { OutgoingMail } from '../mail/outgoing-mail.js';
import type { People } from '../people/people.js';
import type { OwnRecord } from './own-record.js';
import type { Session } from './session.js';

interface Parts {
  readonly people: People;
  readonly record: OwnRecord;
  readonly mail: OutgoingMail;
  readonly refill: Refill;
  readonly session: Session;
}

/** Set by whoever puts a backup back; see `client/archive`. */
const RESTORED_SETTING = 'restored';
/** `true` until friends were told of the new device; absent where there never was one. */
const UNANNOUNCED_SETTING = 'unannounced';
/** When we last renewed because a friend said so. */
const RENEWED_SETTING = 'renewed for a friend at';

export class Renewal {
  private isUnderWay = false;

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {
    if (parts.record.nameDevice()) this.begin();
  }

  /** The user wants to be reachable: not under the old device, if this is known to be an old copy. */
  awake(): void {
    if (this.context.store.setting(RESTORED_SETTING) === 'true') this.renew(true);
  }

  /**
   * The name server has our new record now, and shows those of our friends: an old copy knows old devices of theirs as
   * well. Only then is a letter to them of use.
   */
  online(): void {
    if (this.context.store.setting(UNANNOUNCED_SETTING) !== 'true') return;
    this.lookUp(this.parts.people.friends().map(({ name }) => name));
  }

  /** Whoever becomes a friend after a renewal may remember what the old copy has lost. */
  befriended(user: string): void {
    if (this.context.store.setting(UNANNOUNCED_SETTING) === null) return;
    this.parts.refill.wantFrom([user]);
    this.parts.refill.awake();
  }

  /** The name server has seen this device further than it remembers. */
  restored(): void {
    this.renew(true);
  }

  /** A friend says so. Once a day we believe it: a lying friend must not make us change devices all the time. */
  outrun(): void {
    const last = Number(this.context.store.setting(RENEWED_SETTING) ?? 0);
    if (this.context.now - last < LIMITS.renewalByFriendsMs) return;
    this.context.store.putSetting(RENEWED_SETTING, String(this.context.now));
    this.renew(this.parts.session.isWanted);
  }

  private renew(online: boolean): void {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    // The old device says nothing more; quick messages end here, or they would be sent twice.
    this.context.report({ fact: 'asleep' });
    this.context.do({ kind: 'renew_device', online });
  }

  /** We are the new device. */
  private begin(): void {
    const { people, refill } = this.parts;
    this.context.store.putSetting(RESTORED_SETTING, 'false');
    this.context.store.putSetting(UNANNOUNCED_SETTING, 'true');
    this.context.warnRefusal(new Refusal('RENEWED', this.context.me.name));
    refill.wantFrom(people.friends().map(({ name }) => name));
  }

  /** Looks friends up, a page at a time, and then tells them all. */
  private lookUp(names: readonly string[]): void {
    if (names.length === 0) return this.announce();
    const page = names.slice(0, LIMITS.restNamesMax);
    this.parts.people.find(page, (found) => {
      if (!(found instanceof Refusal)) this.lookUp(names.slice(page.length)); // else when we are online again
    });
  }

  private announce(): void {
    const { people, mail, record } = this.parts;
    this.context.store.putSetting(UNANNOUNCED_SETTING, 'false');
    for (const { name, epoch } of people.friends()) {
      mail.post(name, 'friend_answer', { record: record.signed, epoch, accepted: true });
    }
  }
}
