// Builds the parts that are about groups, and starts what is on disk.

import type { Context } from '../core/context.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { Session } from '../server/session.js';
import type { StoreAndForward } from '../chat/store-and-forward.js';
import type { Reading } from '../conversations/reading.js';
import type { Links } from '../transport/links.js';
import type { Connector } from '../transport/connector.js';
import type { OutgoingMail } from '../server/outgoing-mail.js';
import type { Friends } from '../friends/friends.js';
import type { People } from '../identity/people.js';
import type { Presence } from '../server/presence.js';
import { Admission } from './admission.js';
import { GroupPeers } from './group-peers.js';
import { GroupCommands } from './group-commands.js';
import { GroupMail } from './group-mail.js';
import { Groups } from './groups.js';
import { Membership } from './membership.js';
import { PublicGroups } from './public-groups.js';
import { NameResolution } from '../lifecycle/name-resolution.js';

/** What groups stand on. */
export interface Standing {
  readonly people: People;
  readonly presence: Presence;
  readonly links: Links;
  readonly reach: Connector;
  readonly mail: OutgoingMail;
  readonly session: Session;
  readonly hold: StoreAndForward;
  readonly reading: Reading;
  readonly record: OwnRecord;
  readonly friends: Friends;
}

export function buildGroupParts(context: Context, standing: Standing) {
  const { people, links, session, mail, reading, record, friends } = standing;
  const companions = new GroupPeers(context, standing);
  const groupMail = new GroupMail(context, { ...standing, groups: () => groups });
  const groups: Groups = new Groups(context, { links, reading, record, companions, mail: groupMail });
  const admission = new Admission(context, { people, mail, record, groups });
  const publicGroups = new PublicGroups(context, { session, groups });
  const groupCommands = new GroupCommands(context, { people, reading, record, groups, admission, publicGroups });
  const replies = new NameResolution(context, { people, friends, groups, admission });
  groups.begin(new Membership({ admission, publicGroups }));
  return { companions, groupMail, groups, admission, publicGroups, groupCommands, replies };
}
