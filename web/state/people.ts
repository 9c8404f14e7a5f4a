// The people of a channel, and the names that need a fingerprint beside them.

import type { Participant } from '../../protocols/channels/client/io.js';
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

/** Names under which the page shows more than one key. */
export function sharedNames(state: SessionState): ReadonlySet<string> {
  const keyOf = new Map([[state.me.name, state.me.key]]);
  const shared = new Set<string>();
  for (const { key, name } of state.conversations.flatMap(peopleShown)) {
    const other = keyOf.get(name);
    if (other !== undefined && other !== key) shared.add(name);
    keyOf.set(name, key);
  }
  return shared;
}

function listedIn(membership: ChannelMembership): readonly Participant[] {
  return membership.type === 'in' ? membership.presence.here : [];
}

function peopleShown(conversation: PageConversation): Participant[] {
  const authors = conversation.lines.flatMap((line) => (line.type === 'message' ? [line.from] : []));
  if (conversation.type === 'direct') return [conversation.with, ...authors];
  return [...listedIn(conversation.membership), ...authors];
}
