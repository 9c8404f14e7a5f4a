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
/** When we last renewed because a friend said so. */
const RENEWED_SETTING = 'renewed for a friend at';

export class Renewal {
  private isUnderWay = false;

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {
    if (parts.record.nameDevice()) this.announce();
  }

  /** The user wants to be reachable: not under the old device, if this is known to be an old copy. */
  awake(): void {
    if (this.context.store.setting(RESTORED_SETTING) === 'true') this.renew(true);
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

  /** We are the new device: tell everybody, and ask for what is missing. */
  private announce(): void {
    const { people, mail, record, refill } = this.parts;
    this.context.store.putSetting(RESTORED_SETTING, 'false');
    this.context.warnRefusal(new Refusal('RENEWED', this.context.me.name));
    for (const { name, epoch } of people.friends()) {
      mail.post(name, 'friend_answer', { record: record.signed, epoch, accepted: true });
    }
    refill.wantFrom(people.friends().map(({ name }) => name));
  }
}
