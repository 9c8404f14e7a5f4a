// Who is in a channel as far as we know, and who looks like somebody else.

import type { Participant } from '../../protocols/channels/client/io.js';
import type { ChannelConversation, Membership, PageConversation } from './conversations.js';
import type { SessionState } from './session-state.js';

/**
 * `here`: as our server lists them, by name; `elsewhere`: who is not listed and was heard, who spoke last first.
 */
export function peopleOf({ membership, lines }: ChannelConversation): {
  here: Participant[];
  elsewhere: Participant[];
} {
  const here = [...hereIn(membership)].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const listed = new Set(here.map(({ key }) => key));
  const elsewhere = new Map<string, Participant>();
  for (const line of lines.toReversed()) {
    if (line.type === 'text' && !line.isMine && !listed.has(line.from.key) && !elsewhere.has(line.from.key)) {
      elsewhere.set(line.from.key, line.from);
    }
  }
  return { here, elsewhere: [...elsewhere.values()] };
}

/** Names that more than one key bears, of all that can be seen at the page: those need more than a name. */
export function sharedNames(state: SessionState): ReadonlySet<string> {
  const keyOf = new Map([[state.me.name, state.me.key]]);
  const shared = new Set<string>();
  for (const { key, name } of state.conversations.flatMap(peopleSeen)) {
    const other = keyOf.get(name);
    if (other !== undefined && other !== key) shared.add(name);
    keyOf.set(name, key);
  }
  return shared;
}

function hereIn(membership: Membership): readonly Participant[] {
  return membership.type === 'in' ? membership.presence.here : [];
}

function peopleSeen(conversation: PageConversation): Participant[] {
  const said = conversation.lines.flatMap((line) => (line.type === 'text' ? [line.from] : []));
  return conversation.type === 'direct' ? [conversation.with, ...said] : [...hereIn(conversation.membership), ...said];
}
