// Conversations by name: a user's own name, or that of a group, which has another one on disk.

import { groupPeer } from '../core/store.js';
import type { People } from '../identity/people.js';
import type { Groups } from '../groups/groups.js';

export class ConversationNames {
  constructor(
    private readonly people: People,
    private readonly groups: () => Groups,
  ) {}

  /** The conversation that a name means. */
  of(name: string): string {
    const group = this.people.get(name) ? null : this.groups().named(name);
    return group ? groupPeer(group.id) : name;
  }

  nameOf(place: string): string {
    return place.startsWith('#') ? (this.groups().get(place.slice(1))?.name ?? place) : place;
  }
}
