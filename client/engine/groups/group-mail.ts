// Groups by letter: what members who are away have not got is left for them; what must arrive some day is posted.

import type { GroupLetter, GroupFrameBody } from '../../../protocols/groups/frames.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Context } from '../core/context.js';
import type { Session } from '../server/session.js';
import type { StoreAndForward } from '../chat/store-and-forward.js';
import type { Links } from '../transport/links.js';
import type { Connector } from '../transport/connector.js';
import type { LetterOutcome, OutgoingMail } from '../server/outgoing-mail.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';
import type { Groups, RunningGroup } from './groups.js';

interface Parts {
  readonly people: People;
  readonly presence: Presence;
  readonly links: Links;
  readonly reach: Connector;
  readonly mail: OutgoingMail;
  readonly session: Session;
  readonly hold: StoreAndForward;
  readonly groups: () => Groups;
}

export class GroupMail {
  /** Letters on their way to the name server, by group and user: one at a time. */
  private readonly leaving = new Set<string>();
  /** For whom a link is tried because of groups. */
  private readonly needed = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly parts: Parts,
  ) {}

  /** A word that must arrive, now or some day. Durable with this turn. */
  post({ id: group }: RunningGroup, to: string, word: GroupFrameBody): void {
    const { people, mail } = this.parts;
    const person = people.get(to) ?? people.meet(to);
    if (person === null) return;
    if (people.get(to) === null) people.put(person);
    if (word.type === 'acknowledgement') this.forgetOlder(group, to);
    const body: GroupLetter = { group, body: { type: 'bundle', bodies: [word] } };
    mail.post(to, 'group', body);
  }

  /** After each input of a group: who waits for something? */
  consider(running: RunningGroup): void {
    if (running.member.me === null) return;
    for (const { user } of running.member.peers) {
      const isWaiting = running.member.isWaiting(user, true);
      if (isWaiting === this.needed.has(user)) {
        if (isWaiting && this.context.alarms.at(`group hold ${user}`) === null) this.considerUser(user);
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
  considerUser(user: string): void {
    const { session, links, hold } = this.parts;
    const isServed = links.isLinked(user) && hold.exitMode !== 'no trust';
    if (!session.isOnline || isServed || !this.isWaiting(user, false)) return;
    const dueAt = this.dueAt(user);
    if (this.context.now < dueAt) {
      this.context.alarms.set(`group hold ${user}`, dueAt, () => this.considerUser(user));
      return;
    }
    for (const running of this.parts.groups().all()) this.leave(running, user);
  }

  /** True while something that I said has left for nobody's keeping yet. */
  get hasQueued(): boolean {
    return [...this.needed].some((user) => this.isWaiting(user, false));
  }

  unlinked(user: string): void {
    if (!this.needed.has(user)) return;
    this.parts.reach.need(user, 'groups');
    this.considerUser(user);
  }

  sessionEnded(): void {
    this.leaving.clear();
  }

  private need(user: string): void {
    this.needed.add(user);
    if (!this.parts.links.isLinked(user)) this.parts.reach.need(user, 'groups');
    this.considerUser(user);
  }

  private needless(user: string): void {
    this.needed.delete(user);
    this.parts.reach.needless(user, 'groups');
    this.context.alarms.drop(`group hold ${user}`);
  }

  private isWaiting(user: string, ignoresHeld: boolean): boolean {
    const all = this.parts.groups().all();
    return all.some(({ member }) => member.me !== null && member.isPeer(user) && member.isWaiting(user, ignoresHeld));
  }

  private dueAt(user: string): number {
    if (this.parts.hold.exitMode !== 'none' || this.parts.presence.isKnownOffline(user)) return this.context.now;
    const since = this.parts.reach.triedSince(user) ?? this.context.now;
    return since + this.context.options.linkWaitMs;
  }

  private leave(running: RunningGroup, user: string): void {
    const { member, id: group } = running;
    const name = `${group} ${user}`;
    if (this.leaving.has(name) || member.me === null || !member.isPeer(user) || !member.isWaiting(user)) return;
    const bundle = member.bundleFor(user);
    if (bundle === null) return;
    this.leaving.add(name);
    const body: GroupLetter = { group, body: { type: 'bundle', bodies: bundle.bodies } };
    this.parts.mail.send(user, 'group', body, (fate) => {
      this.leaving.delete(name);
      this.settled(running, user, { upTo: bundle.upTo, fate });
    });
  }

  private settled(running: RunningGroup, user: string, { upTo, fate }: { upTo: number; fate: LetterOutcome }): void {
    if (fate === 'taken') {
      this.parts.groups().feed(running, { type: 'held', user, upTo });
      return this.considerUser(user);
    }
    this.context.alarms.set(`group hold ${user}`, this.context.now + LIMITS.letterRetryMs, () =>
      this.considerUser(user),
    );
  }

  /** What I have now says all that an earlier letter of mine said. */
  private forgetOlder(group: string, to: string): void {
    const { store } = this.context;
    const begin = `{"group":"${group}","body":{"type":"bundle","bodies":[{"type":"acknowledgement"`;
    for (const { ref, body } of store.lettersTo(to, 'group')) if (body.startsWith(begin)) store.dropLetter(ref);
  }
}
