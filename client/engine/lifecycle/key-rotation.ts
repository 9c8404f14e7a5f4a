// Key rotation (SPEC CHAT-18): where our data is a stale copy, or the user wants it, a new device takes over, and
// friends are told of it.

import type { ListedDevice } from '../../../protocols/directory/record.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { compileShape, exactly, Count, KeyText } from '../../../protocols/kit/shapes.js';
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
import { keepReplaced } from './replaced-devices.js';
import type { StaleCopyListener, StaleCopyReports } from '../identity/stale-copy-reports.js';
import type { Session } from '../server/session.js';
import type { Connector } from '../transport/connector.js';
import type { Links } from '../transport/links.js';

/** Messages of a friend's device that we had acknowledged and lost. */
const lostShape = compileShape(exactly({ device: KeyText, seq: Count }));

interface Dependencies {
  readonly record: OwnRecord;
  readonly people: People;
  readonly staleCopies: StaleCopyReports;
  readonly session: Session;
  readonly links: Links;
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
  /** True if the device took over when this engine started. */
  isFirstRun = false;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('key rotation');
    parts.staleCopies.listener.register(this);
    if (parts.record.replaced !== null) this.begin(parts.record.replaced);
  }

  /** The user wants new keys for this device. */
  renew(): void {
    this.rotate(this.parts.session.isWanted);
  }

  detectedByServer(): void {
    if (this.mayBelieve) this.believe(true);
  }

  detectedByFriend(): void {
    if (this.mayBelieve) this.believe(this.parts.session.isWanted);
  }

  /**
   * We had messages that our data does not have (SPEC LINK-11). Those that are being recovered may still be on their
   * way. A friend who keeps them back must not make us change devices again and again.
   */
  acknowledgedUpTo({ user, device }: LinkPeer, seq: number): void {
    const { historyRecovery, session } = this.parts;
    if (historyRecovery.isWanted(user)) return;
    const setting = SETTINGS.renewedFor(user);
    const before = parseJson(this.context.store.setting(setting) ?? '');
    const isKnown = lostShape.accepts(before) && before.device === device && before.seq >= seq;
    if (isKnown || !this.mayBelieve) return historyRecovery.seekFrom(user);
    this.context.store.putSetting(setting, JSON.stringify({ device, seq }));
    this.believe(session.isWanted);
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

  /** Two computers that run on copies of the same data must not replace each other without end (SPEC CHAT-18). */
  get mayBelieve(): boolean {
    return this.recentRotations().length < LIMITS.keyRotationsPerTime;
  }

  private believe(isOnlineWanted: boolean): void {
    const times = [...this.recentRotations(), this.context.now];
    this.context.store.putSetting(SETTINGS.renewedByReports, JSON.stringify(times));
    this.rotate(isOnlineWanted);
  }

  private recentRotations(): number[] {
    const { store, now } = this.context;
    const times = parseJson(store.setting(SETTINGS.renewedByReports) ?? '[]') as number[];
    return times.filter((at) => at <= now && at > now - LIMITS.keyRotationTimeMs); // the clock may have been ahead then
  }

  private rotate(isOnlineWanted: boolean): void {
    if (this.isUnderWay) return;
    if (this.context.me.isIdentityLocked) return this.waitForIdentity();
    this.isUnderWay = true;
    this.parts.channels.keepMemberships();
    // The old device sends nothing more; pending quick messages end here, or both devices would send them.
    const links = isOnlineWanted ? this.parts.links.handOver() : [];
    this.context.report({ type: 'asleep' });
    this.context.emit({ type: 'renew_device', online: isOnlineWanted, links });
  }

  /** A new device needs a new record. Until then this one goes online no more: it would use numbers a second time. */
  private waitForIdentity(): void {
    this.context.store.putSetting(SETTINGS.restored, 'true');
    this.parts.session.endLocked();
  }

  /** This is the first run of the new device. */
  private begin(before: readonly ListedDevice[]): void {
    const { people, historyRecovery } = this.parts;
    const { store, now } = this.context;
    this.isFirstRun = true;
    store.putSetting(SETTINGS.restored, 'false');
    keepReplaced(store, before, now);
    const isWanted = (store.setting(SETTINGS.newDeviceWanted) ?? '') !== '';
    if (!isWanted) this.context.warnRefusal(new Refusal('RENEWED', this.context.me.name));
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
