// Which conversation: with one user, or of one group. The store keeps it as text; only this file converts.

export type ConversationId =
  { readonly type: 'person'; readonly user: string } | { readonly type: 'group'; readonly group: string };

export function withPerson(user: string): ConversationId {
  return { type: 'person', user };
}

export function ofGroup(group: string): ConversationId {
  return { type: 'group', group };
}

/** The text form: a user's name, or `#` and the id of a group. No user can be called so. */
export function storedConversation(id: ConversationId): string {
  return id.type === 'person' ? id.user : storedGroup(id.group);
}

/** The text form of a group's conversation. */
export function storedGroup(group: string): string {
  return `#${group}`;
}

export function readConversation(stored: string): ConversationId {
  return stored.startsWith('#') ? ofGroup(stored.slice(1)) : withPerson(stored);
}

export function isSameConversation(a: ConversationId, b: ConversationId): boolean {
  return storedConversation(a) === storedConversation(b);
}
