// Builds the parts that are about groups, and starts what is on disk.

import type { Context } from '../context.js';
import type { OwnRecord } from '../account/own-record.js';
import type { Session } from '../account/session.js';
import type { Hold } from '../chat/hold.js';
import type { Reading } from '../chat/reading.js';
import type { Links } from '../links/links.js';
import type { Reach } from '../links/reach.js';
import type { OutgoingMail } from '../mail/outgoing-mail.js';
import type { Friends } from '../people/friends.js';
import type { People } from '../people/people.js';
import type { Presence } from '../people/presence.js';
import { Admission } from './admission.js';
import { Companions } from './companions.js';
import { GroupCommands } from './group-commands.js';
import { GroupMail } from './group-mail.js';
import { Groups } from './groups.js';
import { Membership } from './membership.js';
import { PublicGroups } from './public-groups.js';
import { Replies } from './replies.js';

/** What groups stand on. */
export interface Standing {
  readonly people: People;
  readonly presence: Presence;
  readonly links: Links;
  readonly reach: Reach;
  readonly mail: OutgoingMail;
  readonly session: Session;
  readonly hold: Hold;
  readonly reading: Reading;
  readonly record: OwnRecord;
  readonly friends: Friends;
}

export function buildGroupParts(context: Context, standing: Standing) {
  const { people, links, session, mail, reading, record, friends } = standing;
  const companions = new Companions(context, standing);
  const groupMail = new GroupMail(context, { ...standing, groups: () => groups });
  const groups: Groups = new Groups(context, { links, reading, record, companions, mail: groupMail });
  const admission = new Admission(context, { people, mail, record, groups });
  const publicGroups = new PublicGroups(context, { session, groups });
  const groupCommands = new GroupCommands(context, { people, reading, record, groups, admission, publicGroups });
  const replies = new Replies(context, { people, friends, groups, admission });
  groups.begin(new Membership({ admission, publicGroups }));
  return { companions, groupMail, groups, admission, publicGroups, groupCommands, replies };
}
