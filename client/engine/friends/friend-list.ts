// The commands `list` (friends, users we asked, and blocked users, with what is unread of each) and `stats` (counts).

import type { Instant } from '../../../protocols/kit/machine.js';
import type { Context } from '../core/context.js';
import { withPerson } from '../core/conversation-id.js';
import type { Part } from '../core/part.js';
import type { Unread } from '../conversations/unread.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';
import type { Links } from '../transport/links.js';

interface Dependencies {
  readonly people: People;
  readonly presence: Presence;
  readonly unread: Unread;
  readonly links: Links;
}

export class FriendList implements Part {
  readonly commands = { list: (ref: number) => this.list(ref), stats: (ref: number) => this.stats(ref) };
  private readonly builtAt: Instant;

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {
    this.builtAt = context.now;
  }

  private list(ref: number): void {
    const { people, presence, unread } = this.parts;
    const listed = people
      .all()
      .filter(({ friendship, blocked }) => blocked || friendship === 'friend' || friendship === 'asked');
    const friends = listed.map((person) => presence.summary(person, unread.count(withPerson(person.name))));
    this.context.succeed(ref, 'list', { friends });
  }

  private stats(ref: number): void {
    const { people, links } = this.parts;
    const linked = people.all().filter(({ name }) => links.isLinked(name));
    const uptimeMs = this.context.now - this.builtAt;
    const counts = { friends: people.friends().length, links: linked.length, uptimeMs };
    this.context.succeed(ref, 'stats', { stored: this.context.store.size(), ...counts });
  }
}
