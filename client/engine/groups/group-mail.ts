// Groups by letter: what an offline member lacks is left at the name server; what must arrive is posted.

import { groupLetterShape, type GroupLetter, type GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { EventOf, Part } from '../core/part.js';
import type { Session } from '../server/session.js';
import type { Links } from '../transport/links.js';
import type { Connector } from '../transport/connector.js';
import type { LetterOutcome, OutgoingMail } from '../server/outgoing-mail.js';
import type { PinnedKeys } from '../identity/pinned-keys.js';
import type { HandOff } from '../transport/hand-off.js';
import type { RunningGroup, RunningGroups } from './running-groups.js';

interface Dependencies {
  readonly pinnedKeys: PinnedKeys;
  readonly links: Links;
  readonly connector: Connector;
  readonly mail: OutgoingMail;
  readonly session: Session;
  readonly handOff: HandOff;
  readonly running: RunningGroups;
}

export class GroupMail implements Part {
  readonly on = {
    online: () => this.considerAll(),
    offline: () => this.leaving.clear(),
    presence: ({ user }: EventOf<'presence'>) => this.considerUser(user),
    unlinked: ({ user }: EventOf<'unlinked'>) => this.unlinked(user),
    friendshipReaffirmed: ({ user }: EventOf<'friendshipReaffirmed'>) => this.leaveAgain(user),
  };
  private readonly alarms: PartAlarms;
  /** Letters on their way to the name server, by group and user: one at a time. */
  private readonly leaving = new Set<string>();
  /** Users for whom a link is tried because of groups. */
  private readonly needed = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.alarms = context.alarms.for('group mail');
  }

  /**
   * Posts what must arrive, now or later. It is on disk with this turn, unless the key of the user has to be looked up
   * first. Nothing goes to a user with another key than the member (SPEC GROUP-44).
   */
  post(running: RunningGroup, to: string, frameBody: GroupFrameBody): void {
    const { pinnedKeys } = this.parts;
    if (pinnedKeys.of(to) !== null) return this.postToPinned(running, to, frameBody);
    pinnedKeys.pin([to], () => this.postToPinned(running, to, frameBody));
  }

  private postToPinned({ id: group, member }: RunningGroup, to: string, frameBody: GroupFrameBody): void {
    const { pinnedKeys, mail } = this.parts;
    const key = member.keyOf(to);
    if (key === null || pinnedKeys.of(to) !== key) return;
    const letter: GroupLetter = { group, body: { type: 'bundle', bodies: [frameBody] } };
    // A later acknowledgement includes every earlier one of the same group.
    if (frameBody.type === 'acknowledgement') mail.postLatest(to, 'group', letter, acknowledgedGroup);
    else mail.post(to, 'group', letter);
  }

  /** After each input of a group: looks for members that something waits for. */
  consider(running: RunningGroup): void {
    if (running.member.me === null) return;
    for (const { user } of running.member.peers) {
      const isWaiting = running.member.isWaiting(user, true);
      if (isWaiting === this.needed.has(user)) {
        if (isWaiting && this.alarms.at(user) === null) this.considerUser(user);
        continue;
      }
      if (isWaiting) this.need(user);
      else if (!this.isWaiting(user, true)) this.needless(user);
    }
  }

  considerAll(): void {
    for (const user of this.needed) this.considerUser(user);
  }

  /** Leaves what waits for a member, now or when a link has been tried for long enough. */
  private considerUser(user: string): void {
    const { session, handOff, mail, running: groups } = this.parts;
    if (!session.isOnline || handOff.isServedByLink(user) || !this.isWaiting(user, false)) return;
    const dueAt = Math.max(handOff.letterDueAt(user), mail.readyAt('group'));
    if (this.context.now < dueAt) return this.alarms.set(user, dueAt, () => this.considerUser(user));
    for (const running of groups.all()) this.leave(running, user);
  }

  /** True while a message of ours has reached neither a member nor the name server. */
  get hasQueued(): boolean {
    return [...this.needed].some((user) => this.isWaiting(user, false));
  }

  private unlinked(user: string): void {
    if (!this.needed.has(user)) return;
    this.parts.connector.need(user, 'groups');
    this.considerUser(user);
  }

  /** A friend took our letters and kept nothing of them (SPEC CHAT-21): what it lacks leaves again. */
  private leaveAgain(user: string): void {
    for (const running of this.parts.running.all()) {
      if (running.member.me !== null && running.member.isPeer(user)) running.feed({ type: 'held', user, upTo: null });
    }
    this.considerUser(user);
  }

  /** The user is in no group of ours any more. */
  forget(user: string): void {
    this.alarms.drop(user);
  }

  private need(user: string): void {
    this.needed.add(user);
    if (!this.parts.links.isLinked(user)) this.parts.connector.need(user, 'groups');
    this.considerUser(user);
  }

  private needless(user: string): void {
    this.needed.delete(user);
    this.parts.connector.needless(user, 'groups');
    this.alarms.drop(user);
  }

  private isWaiting(user: string, ignoresHeld: boolean): boolean {
    const all = this.parts.running.all();
    return all.some(({ member }) => member.me !== null && member.isPeer(user) && member.isWaiting(user, ignoresHeld));
  }

  private leave(running: RunningGroup, user: string): void {
    const { member, id: group } = running;
    const name = `${group} ${user}`;
    if (this.leaving.has(name) || member.me === null || !member.isPeer(user) || !member.isWaiting(user)) return;
    const bundle = member.bundleFor(user);
    if (bundle === null) return;
    this.leaving.add(name);
    const body: GroupLetter = { group, body: { type: 'bundle', bodies: bundle.bodies } };
    this.parts.mail.send(user, 'group', body, (outcome) => {
      this.leaving.delete(name);
      this.settled(running, user, { upTo: bundle.upTo, outcome });
    });
  }

  private settled(
    running: RunningGroup,
    user: string,
    { upTo, outcome }: { upTo: number; outcome: LetterOutcome },
  ): void {
    if (outcome === 'taken') {
      running.feed({ type: 'held', user, upTo });
      return this.considerUser(user);
    }
    this.alarms.set(user, this.parts.mail.retryAt('group', outcome), () => this.considerUser(user));
  }
}

/** The group that a posted letter acknowledges messages of; null for any other letter. */
function acknowledgedGroup(letter: unknown): string | null {
  if (!groupLetterShape.accepts(letter) || letter.body.type !== 'bundle') return null;
  return letter.body.bodies[0]?.type === 'acknowledgement' ? letter.group : null;
}
