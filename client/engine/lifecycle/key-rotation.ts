// An old copy of our data must not go on under its old numbers (SPEC CHAT-18): a new device takes over, and friends
// are told.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import type { HistoryRecovery } from '../chat/history-recovery.js';
import type { Friends } from '../friends/friends.js';
import type { People } from '../identity/people.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { Session } from '../server/session.js';

interface Parts {
  readonly people: People;
  readonly record: OwnRecord;
  readonly friends: Friends;
  readonly refill: HistoryRecovery;
  readonly session: Session;
}

/** Set by whoever puts a backup back; see `client/archive`. */
const RESTORED_SETTING = 'restored';
/** `true` until friends were told of the new device; absent where there never was one. */
const UNANNOUNCED_SETTING = 'unannounced';
/** When we last renewed because a friend said so. */
const RENEWED_SETTING = 'renewed for a friend at';

export class KeyRotation {
  private isUnderWay = false;

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {
    if (parts.record.nameDevice()) this.begin();
  }

  /**
   * False while this device is new and the name server has not taken its record. Nobody sees that record before: were
   * it lost with this disk, the next device would have to use its number again, and friends would believe neither.
   */
  get isKnown(): boolean {
    return this.context.store.setting(UNANNOUNCED_SETTING) !== 'true';
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
    this.lookUp(this.concerned());
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

  /** A friend has seen more of this device than it remembers. */
  outrun(): void {
    if (this.mayBelieveFriends()) this.believe();
  }

  /**
   * Have we acknowledged more to a friend than our data has (SPEC LINK-11)? What comes back after a renewal may still
   * be on its way.
   */
  heardBy({ user, device }: LinkPeer, upTo: number): void {
    const { people, refill } = this.parts;
    if (upTo <= this.context.store.lastShownSeq(user, device) || refill.isWanted(user)) return;
    if (!people.isFriend(user)) return;
    if (this.mayBelieveFriends()) this.believe();
    else refill.seekFrom(user);
  }

  /** Once a day: a lying friend must not make us change devices all the time. */
  private mayBelieveFriends(): boolean {
    const last = Number(this.context.store.setting(RENEWED_SETTING) ?? 0);
    const since = this.context.now - last; // less than nothing where the clock was ahead then
    return since < 0 || since >= LIMITS.keyRotationAfterFriendReportMs;
  }

  private believe(): void {
    this.context.store.putSetting(RENEWED_SETTING, String(this.context.now));
    this.renew(this.parts.session.isWanted);
  }

  private renew(online: boolean): void {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    // The old device says nothing more; quick messages end here, or they would be sent twice.
    this.context.report({ type: 'asleep' });
    this.context.report({ type: 'retired' });
    this.context.do({ type: 'renew_device', online });
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
      if (!(found instanceof Refusal)) return this.lookUp(names.slice(page.length));
      // The session may last though this failed, and until it is done there are no links.
      this.context.alarms.set('announce', this.context.now + LIMITS.letterRetryMs, () => this.online());
    });
  }

  private announce(): void {
    this.context.alarms.drop('announce');
    this.context.store.putSetting(UNANNOUNCED_SETTING, 'false');
    for (const name of this.concerned()) this.parts.friends.sayPresent(name);
    this.context.report({ type: 'known' });
  }

  /** Friends, and those who were asked: what the old device asked them is not believed any more. */
  private concerned(): string[] {
    const { people } = this.parts;
    const asked = people.all().filter(({ friendship, blocked }) => friendship === 'asked' && !blocked);
    return [...people.friends(), ...asked].map(({ name }) => name);
  }
}
