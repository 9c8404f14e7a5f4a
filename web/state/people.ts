// The people of a channel, and the names that need a fingerprint beside them.

import type { Participant } from '../../protocols/channels/client/io.js';
import { looksLike, skeleton } from '../../protocols/kit/names.js';
import type { ChannelConversation, ChannelMembership, PageConversation } from './conversations.js';
import type { SessionState } from './session-state.js';

/** `here`: listed by our server, by name. `elsewhere`: wrote a message but is not listed, the latest first. */
export function peopleOf({ membership, lines }: ChannelConversation): {
  here: Participant[];
  elsewhere: Participant[];
} {
  const here = [...listedIn(membership)].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const listed = new Set(here.map(({ key }) => key));
  const elsewhere = new Map<string, Participant>();
  for (const line of lines.toReversed()) {
    if (line.type === 'message' && !line.isMine && !listed.has(line.from.key) && !elsewhere.has(line.from.key)) {
      elsewhere.set(line.from.key, line.from);
    }
  }
  return { here, elsewhere: [...elsewhere.values()] };
}

/**
 * Names that do not tell who is meant: the page shows another key under the same name, or under one that looks like it.
 * For each, the other names that look like it.
 */
export function sharedNames(state: SessionState): ReadonlyMap<string, readonly string[]> {
  const alike = new Map<string, Participant[]>();
  for (const person of [state.me, ...state.conversations.flatMap(peopleShown)]) {
    const others = alike.get(skeleton(person.name)) ?? [];
    if (!others.some(({ key, name }) => key === person.key && name === person.name)) others.push(person);
    alike.set(skeleton(person.name), others);
  }
  const shared = [...alike.values()].filter((people) => new Set(people.map(({ key }) => key)).size > 1).flat();
  return new Map(shared.map(({ name }) => [name, namesLike(name, shared)]));
}

function namesLike(name: string, people: readonly Participant[]): string[] {
  return [...new Set(people.map((person) => person.name))].filter((other) => looksLike(name, other));
}

function listedIn(membership: ChannelMembership): readonly Participant[] {
  return membership.type === 'in' ? membership.presence.here : [];
}

function peopleShown(conversation: PageConversation): Participant[] {
  const authors = conversation.lines.flatMap((line) => (line.type === 'message' ? [line.from] : []));
  if (conversation.type === 'direct') return [conversation.with, ...authors];
  return [...listedIn(conversation.membership), ...authors];
}
