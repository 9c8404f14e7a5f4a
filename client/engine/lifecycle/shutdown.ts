// Leaving: for a while (`offline`), for today (`exit`, which first brings messages to a safe place), for good
// (`unregister`).

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import type { StoreAndForward } from '../chat/store-and-forward.js';
import type { Posts } from '../posts/posts.js';
import type { Outbox } from '../chat/outbox.js';
import type { QuestionAnswer } from '../core/io.js';
import type { GroupCommands } from '../groups/group-commands.js';
import type { GroupMail } from '../groups/group-mail.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { Session } from '../server/session.js';

interface Parts {
  readonly session: Session;
  readonly record: OwnRecord;
  readonly outbox: Outbox;
  readonly hold: StoreAndForward;
  readonly posts: Pick<Posts, 'hurry'>;
  readonly groupMail: GroupMail;
  readonly groupCommands: GroupCommands;
}

export class Shutdown {
  /** The commands `exit` that wait for the outbox to empty. */
  private leaving: number[] = [];

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  offline(ref: number): void {
    this.parts.session.goOffline();
    this.context.succeed(ref, 'offline', {});
  }

  /** Brings every message to held or delivered if that can be done in 10 s, then goes offline and says what remains. */
  exit(ref: number): void {
    this.leaving.push(ref);
    this.parts.hold.exitMode = 'no waiting';
    this.context.alarms.set('exit hold', this.context.now + LIMITS.exitLinkSilenceMs, () => this.distrustLinks());
    this.context.alarms.set('exit', this.context.now + LIMITS.exitWaitMs, () => this.leave());
    this.parts.hold.considerAll();
    this.parts.groupMail.considerAll();
  }

  /** Before the turn ends: is there nothing left to wait for? */
  flush(): void {
    if (this.leaving.length > 0 && this.isDone()) this.leave();
  }

  /** Gives the name up: a signed tombstone takes the place of our record. */
  unregister(ref: number): void {
    const { me } = this.context;
    if (!this.parts.session.isOnline) return this.context.refuseWith(ref, 'NOT_ONLINE');
    const tombstone = this.parts.record.tombstone();
    // First: the name server ends the session of a name that is given up, and that would look like a refusal.
    this.parts.session.goOffline();
    this.context.ask({ type: 'register', name: me.name, record: tombstone }, (answer) => {
      if (answer.type !== 'registered') return this.stay(ref, answer);
      this.parts.record.buried(tombstone);
      this.context.succeed(ref, 'unregister', { user: me.name });
    });
  }

  /** The name is still ours. */
  private stay(ref: number, answer: QuestionAnswer): void {
    this.parts.session.comeBack();
    if (answer.type === 'refused') return this.context.refuse(ref, answer.refusal);
    this.context.refuseWith(ref, 'SERVER_AWAY', this.context.options.server);
  }

  private isDone(): boolean {
    const { session } = this.parts;
    if (!session.isWanted) return true;
    const hasQueued = [...this.context.store.waitingCounts().values()].some(({ queued }) => queued > 0);
    const areTold = this.parts.posts.hurry();
    const isLeft = !hasQueued && !this.parts.groupMail.hasQueued && areTold;
    return isLeft && this.context.store.letters(0, 1).length === 0;
  }

  /** A link that acknowledged nothing so far may be dead without our knowing. */
  private distrustLinks(): void {
    this.parts.hold.exitMode = 'no trust';
    this.parts.hold.considerAll();
    this.parts.groupMail.considerAll();
  }

  private leave(): void {
    this.context.alarms.drop('exit');
    const chat = this.context.store.waiting(LIMITS.outboxPage).map((one) => this.parts.outbox.line(one));
    const waiting = [...chat, ...this.parts.groupCommands.waiting()];
    this.parts.session.goOffline();
    for (const ref of this.leaving) this.context.succeed(ref, 'exit', { waiting });
    this.leaving = [];
    this.context.alarms.drop('exit hold');
    this.parts.hold.exitMode = 'none';
  }
}
