// Going offline (`offline`), leaving the program (`exit`, which hands over what waits first), and giving the name up
// (`unregister`).

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { QuestionAnswer } from '../core/io.js';
import type { Part } from '../core/part.js';
import type { StoreAndForward } from '../chat/store-and-forward.js';
import type { WaitingMessages } from '../conversations/waiting-messages.js';
import type { GroupMail } from '../groups/group-mail.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { Announcements } from '../posts/announcements.js';
import type { Session } from '../server/session.js';
import type { ExitMode, HandOff } from '../transport/hand-off.js';

interface Dependencies {
  readonly record: OwnRecord;
  readonly session: Session;
  readonly handOff: HandOff;
  readonly waitingMessages: WaitingMessages;
  readonly storeAndForward: StoreAndForward;
  readonly announcements: Announcements;
  readonly groupMail: GroupMail;
}

export class Shutdown implements Part {
  readonly commands = {
    offline: (ref: number) => this.offline(ref),
    exit: (ref: number) => this.exit(ref),
    unregister: (ref: number) => this.unregister(ref),
  };
  private readonly alarms: PartAlarms;
  /** Commands `exit` that wait until nothing is queued. */
  private exiting: number[] = [];

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('exit');
  }

  flush(): void {
    if (this.exiting.length > 0 && this.isDone()) this.leave();
  }

  private offline(ref: number): void {
    this.parts.session.goOffline();
    this.context.succeed(ref, 'offline', {});
  }

  /** Tries for 10 s to get every message held or delivered, then goes offline and says what still waits. */
  private exit(ref: number): void {
    this.exiting.push(ref);
    const { now } = this.context;
    // A link that has acknowledged nothing by then may be dead: what waits for it leaves as letters too.
    this.alarms.set('distrust links', now + LIMITS.exitLinkSilenceMs, () => this.hurry('no trust'));
    this.alarms.set('leave', now + LIMITS.exitWaitMs, () => this.leave());
    this.hurry('no waiting');
  }

  private hurry(mode: ExitMode): void {
    this.parts.handOff.exitMode = mode;
    this.parts.storeAndForward.considerAll();
    this.parts.groupMail.considerAll();
  }

  /** A signed tombstone replaces our record at the name server. */
  private unregister(ref: number): void {
    const { me } = this.context;
    const { session, record } = this.parts;
    if (!session.isOnline) return this.context.refuseWith(ref, 'NOT_ONLINE');
    if (me.isIdentityLocked) return this.context.refuseWith(ref, 'IDENTITY_LOCKED', me.name);
    const tombstone = record.tombstone();
    // First: the name server ends the session of a name that is given up, which would look like a refusal.
    session.goOffline();
    this.context.ask({ type: 'register', name: me.name, record: tombstone, server: null }, (answer) => {
      if (answer.type !== 'registered') return this.keepName(ref, answer);
      record.buried(tombstone);
      this.context.succeed(ref, 'unregister', { user: me.name });
    });
  }

  private keepName(ref: number, answer: QuestionAnswer): void {
    this.parts.session.comeBack();
    if (answer.type === 'refused') return this.context.refuse(ref, answer.refusal);
    this.context.refuseWith(ref, 'SERVER_AWAY', this.context.options.server);
  }

  private isDone(): boolean {
    const { session, announcements, groupMail } = this.parts;
    if (!session.isWanted) return true;
    const hasQueued = [...this.context.store.waitingCounts().values()].some(({ queued }) => queued > 0);
    const isAnnounced = announcements.finish();
    const isHandedOver = !hasQueued && !groupMail.hasQueued && isAnnounced;
    return isHandedOver && this.context.store.letters(0, 1).length === 0;
  }

  private leave(): void {
    this.alarms.drop('leave');
    const waiting = this.parts.waitingMessages.all();
    this.parts.session.goOffline();
    for (const ref of this.exiting) this.context.succeed(ref, 'exit', { waiting });
    this.exiting = [];
    this.alarms.drop('distrust links');
    this.parts.handOff.exitMode = 'none';
  }
}
