// Builds the parts that are about groups, starts the groups on disk, and lists the parts in the order in which they
// hear events.

import type { AuthorBudget, MessageAuthor } from '../../../protocols/groups/member/messages/author-budget.js';
import type { Unread } from '../conversations/unread.js';
import type { ConversationNames } from '../conversations/conversation-names.js';
import type { StorageBudget } from '../conversations/storage-budget.js';
import type { WaitingMessages } from '../conversations/waiting-messages.js';
import type { Context } from '../core/context.js';
import type { LookAlikes } from '../identity/look-alikes.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { People } from '../identity/people.js';
import type { PinnedKeys } from '../identity/pinned-keys.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { Presence } from '../server/presence.js';
import type { Session } from '../server/session.js';
import type { Connector } from '../transport/connector.js';
import type { HandOff } from '../transport/hand-off.js';
import type { Links } from '../transport/links.js';
import { Admission } from './admission/admission.js';
import { GroupChanges } from './changes/group-changes.js';
import { GroupCommands } from './group-commands.js';
import { GroupCreation } from './group-creation.js';
import { GroupMail } from './group-mail.js';
import { GroupPeers } from './group-peers.js';
import { Groups } from './groups.js';
import { PublicGroups } from './public-groups.js';
import { RunningGroups } from './running-groups.js';
import { WaitingBroadcasts } from './waiting-broadcasts.js';

/** What groups use of the lower floors. */
interface Dependencies {
  readonly record: OwnRecord;
  readonly people: People;
  readonly pinnedKeys: PinnedKeys;
  readonly lookAlikes: LookAlikes;
  readonly session: Session;
  readonly presence: Presence;
  readonly mail: OutgoingMail;
  readonly links: Links;
  readonly connector: Connector;
  readonly handOff: HandOff;
  readonly names: ConversationNames;
  readonly unread: Unread;
  readonly waitingMessages: WaitingMessages;
  readonly storageBudget: StorageBudget;
}

export function buildGroups(context: Context, parts: Dependencies) {
  const running = new RunningGroups();
  parts.names.groups.register(running);
  new WaitingBroadcasts(context, running, parts.waitingMessages);
  const groupMail = new GroupMail(context, { ...parts, running });
  const peers = new GroupPeers(context, { ...parts, running, groupMail });
  const groups = new Groups(context, { ...parts, running, peers, groupMail, budget: authorBudget(context, parts) });
  const admission = new Admission(context, { ...parts, groups, running });
  const publicGroups = new PublicGroups(context, { ...parts, running });
  const creation = new GroupCreation(context, { ...parts, groups, running, publicGroups });
  const commands = new GroupCommands(context, { ...parts, groups, running, admission, publicGroups });
  groups.begin(new GroupChanges({ admission, publicGroups }));
  // Endings are heard in reverse order: groups hear `unlinked` before their mail looks for what waits.
  const list = [peers, publicGroups, groupMail, groups, admission, creation, commands] as const;
  return { groups, running, admission, groupMail, list };
}

/** A member with another key than the friend of its name has a budget of its own. */
function authorBudget({ me }: Context, { pinnedKeys, storageBudget }: Dependencies): AuthorBudget {
  const nameOf = ({ user, key }: MessageAuthor): string => (pinnedKeys.isOther(user, key) ? `${user} (${key})` : user);
  const isOwn = ({ key }: MessageAuthor): boolean => key === me.identity.publicKey;
  return {
    take: (author, bytes) => isOwn(author) || storageBudget.take(nameOf(author), bytes),
    hasRoom: (author) => isOwn(author) || storageBudget.hasRoom(nameOf(author), 1),
  };
}
