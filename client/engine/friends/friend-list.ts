// The command `list`: friends, users we asked, and blocked users, with what is unread of each.

import type { Context } from '../core/context.js';
import { withPerson } from '../core/conversation-id.js';
import type { Part } from '../core/part.js';
import type { Unread } from '../conversations/unread.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';

interface Dependencies {
  readonly people: People;
  readonly presence: Presence;
  readonly unread: Unread;
}

export class FriendList implements Part {
  readonly commands = { list: (ref: number) => this.list(ref) };

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {}

  private list(ref: number): void {
    const { people, presence, unread } = this.parts;
    const listed = people
      .all()
      .filter(({ friendship, blocked }) => blocked || friendship === 'friend' || friendship === 'asked');
    const friends = listed.map((person) => presence.summary(person, unread.count(withPerson(person.name))));
    this.context.succeed(ref, 'list', { friends });
  }
}
