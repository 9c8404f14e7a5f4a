// Which conversation a name means: a user's own name, or the name of a group. Groups register, since they stand above.

import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import type { NameKind } from '../../../protocols/control/line/checks.js';
import { ofGroup, withPerson, type ConversationId } from '../core/conversation-id.js';
import { Registration } from '../core/registration.js';
import type { People } from '../identity/people.js';

export interface GroupNames {
  /** The id of the group of this name, null where there is none. */
  idOf(name: string): string | null;
  /** True iff we are a member of this group. */
  isMember(group: string): boolean;
  /** The name of a group, null where it is unknown. */
  nameOf(group: string): string | null;
}

export class ConversationNames {
  readonly groups = new Registration<GroupNames>();

  constructor(private readonly people: People) {}

  /** The conversation that a name means; of a user and a group of one name, the one with the user. */
  find(name: string, kind?: 'group'): Outcome<ConversationId> {
    if (kind === 'group') return this.resolve(name, kind);
    const group = this.people.get(name) ? null : this.groups.target.idOf(name);
    return group === null ? withPerson(name) : ofGroup(group);
  }

  /**
   * The same where the name may have a kind. Refused where a user and a group of ours have this name. A group that we
   * have left then needs its kind: it must not stand in the way of the user for good.
   */
  resolve(name: string, kind: NameKind | undefined): Outcome<ConversationId> {
    const group = kind === 'user' ? null : this.groups.target.idOf(name);
    const isUser = kind !== 'group' && (group === null || this.people.get(name) !== null);
    const isOurs = group !== null && this.groups.target.isMember(group);
    if (isOurs && isUser) return new Refusal('AMBIGUOUS', `${name} (user:${name} or group:${name})`);
    if (group !== null && !isUser) return ofGroup(group);
    return kind === 'group' ? new Refusal('GROUP_UNKNOWN', name) : withPerson(name);
  }

  /** What the user calls a conversation. */
  nameOf(id: ConversationId): string {
    return id.type === 'person' ? id.user : (this.groups.target.nameOf(id.group) ?? `#${id.group}`);
  }
}
