// Key rotation (SPEC CHAT-18): where our data is a stale copy, a new device takes over, and friends are told of it.

import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { LinkPeer } from '../core/events.js';
import type { EventOf, Part } from '../core/part.js';
import { SETTINGS } from '../core/settings.js';
import type { Channels } from '../channels/channels.js';
import type { HistoryRecovery } from '../chat/history-recovery.js';
import type { Friends } from '../friends/friends.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { People } from '../identity/people.js';
import type { StaleCopyListener, StaleCopyReports } from '../identity/stale-copy-reports.js';
import type { Session } from '../server/session.js';
import type { Connector } from '../transport/connector.js';

interface Dependencies {
  readonly record: OwnRecord;
  readonly people: People;
  readonly staleCopies: StaleCopyReports;
  readonly session: Session;
  readonly connector: Connector;
  readonly friends: Friends;
  readonly historyRecovery: HistoryRecovery;
  readonly channels: Channels;
}

export class KeyRotation implements Part, StaleCopyListener {
  readonly on = {
    awake: () => this.rotateIfRestored(),
    online: () => this.announceIfNew(),
    befriended: ({ user }: EventOf<'befriended'>) => this.recoverFrom(user),
  };
  private readonly alarms: PartAlarms;
  private isUnderWay = false;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('key rotation');
    parts.staleCopies.listener.register(this);
    if (parts.record.nameDevice()) this.begin();
  }

  detectedByServer(): void {
    if (this.mayBelieve) this.believe(true);
  }

  detectedByFriend(): void {
    if (this.mayBelieve) this.believe(this.parts.session.isWanted);
  }

  /** Compares with our data (SPEC LINK-11). Messages that are being recovered may still be on their way. */
  acknowledgedUpTo({ user, device }: LinkPeer, seq: number): void {
    const { people, historyRecovery } = this.parts;
    if (seq <= this.context.store.lastShownSeq(user, device) || historyRecovery.isWanted(user)) return;
    if (!people.isFriend(user)) return;
    if (this.mayBelieve) this.believe(this.parts.session.isWanted);
    else historyRecovery.seekFrom(user);
  }

  private rotateIfRestored(): void {
    if (this.context.store.setting(SETTINGS.restored) === 'true') this.rotate(true);
  }

  /**
   * The name server has our new record. Friends' records are looked up first, since a stale copy knows old devices of
   * theirs: letters to those would be useless.
   */
  private announceIfNew(): void {
    if (!this.parts.record.isAnnounced) this.lookUp(this.concerned());
  }

  /** A new friend after a key rotation may have messages that the stale copy lost. */
  private recoverFrom(user: string): void {
    if (!this.parts.record.wasRenewed) return;
    this.parts.historyRecovery.wantFrom([user]);
    this.parts.historyRecovery.seekAll();
  }

  /** Once a day: no report may make us change devices all the time (SPEC CHAT-18). */
  get mayBelieve(): boolean {
    const last = Number(this.context.store.setting(SETTINGS.renewedByReportAt) ?? 0);
    const since = this.context.now - last; // negative where the clock was ahead then
    return since < 0 || since >= LIMITS.keyRotationAfterReportMs;
  }

  private believe(isOnlineWanted: boolean): void {
    this.context.store.putSetting(SETTINGS.renewedByReportAt, String(this.context.now));
    this.rotate(isOnlineWanted);
  }

  private rotate(isOnlineWanted: boolean): void {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    this.parts.channels.keepMemberships();
    // The old device sends nothing more; pending quick messages end here, or both devices would send them.
    this.context.report({ type: 'asleep' });
    this.context.emit({ type: 'renew_device', online: isOnlineWanted });
  }

  /** This is the first run of the new device. */
  private begin(): void {
    const { people, record, historyRecovery } = this.parts;
    this.context.store.putSetting(SETTINGS.restored, 'false');
    record.setAnnounced(false);
    this.context.warnRefusal(new Refusal('RENEWED', this.context.me.name));
    historyRecovery.wantFrom(people.friends().map(({ name }) => name));
  }

  /** Looks users up, a page at a time, and tells them all after the last page. */
  private lookUp(names: readonly string[]): void {
    if (names.length === 0) return this.announce();
    const page = names.slice(0, LIMITS.restNamesMax);
    this.parts.people.find(page, (found) => {
      if (!(found instanceof Refusal)) return this.lookUp(names.slice(page.length));
      // The session may last although this failed, and no link can open before it succeeds.
      this.alarms.set('announce', this.context.now + LIMITS.letterRetryMs, () => this.announceIfNew());
    });
  }

  private announce(): void {
    this.alarms.drop('announce');
    this.parts.record.setAnnounced(true);
    for (const name of this.concerned()) this.parts.friends.sendState(name);
    this.parts.connector.tryAllNow();
  }

  /** Friends and users we have asked: requests of the old device are not believed any more. */
  private concerned(): string[] {
    const { people } = this.parts;
    const asked = people.all().filter(({ friendship, blocked }) => friendship === 'asked' && !blocked);
    return [...people.friends(), ...asked].map(({ name }) => name);
  }
}
