// Builds the parts of the engine and joins them: each is given the parts it stands on, and nothing else.

import { Channels } from './channels/channels.js';
import type { Context } from './context.js';
import { Conversations } from './chat/conversations.js';
import { buildGroupParts } from './groups/group-parts.js';
import { Places } from './groups/places.js';
import { Directory } from './people/directory.js';
import { Departure } from './account/departure.js';
import { Friends } from './people/friends.js';
import { Hold } from './chat/hold.js';
import { Inbox } from './chat/inbox.js';
import { IncomingMail } from './mail/incoming-mail.js';
import { Links } from './links/links.js';
import { Outbox } from './chat/outbox.js';
import { OutgoingMail } from './mail/outgoing-mail.js';
import { OwnRecord } from './account/own-record.js';
import { People } from './people/people.js';
import { Posts } from './posts/posts.js';
import { Presence } from './people/presence.js';
import { Quick } from './quick/quick.js';
import { Refill } from './chat/refill.js';
import { Renewal } from './account/renewal.js';
import { Reach } from './links/reach.js';
import { Reading } from './chat/reading.js';
import { Session, type PassedFrame } from './account/session.js';

export type Parts = ReturnType<typeof buildParts>;

export function buildParts(context: Context, pass: (frame: PassedFrame) => void) {
  const record = new OwnRecord(context);
  const people = new People(context);
  const session = new Session(context, record, pass);
  const directory = new Directory(context, people, session);
  const presence = new Presence(context, people, session);
  const mail = new OutgoingMail(context, people, session);
  const incomingMail = new IncomingMail(context, people, session);
  const friends = new Friends(context, { people, mail, record });
  const port = (): number => reach.port;
  const conversations = new Conversations(context, people);
  const links = new Links(context, {
    people,
    conversations,
    record,
    port,
    isAwake: (): boolean => session.isWanted && renewal.isKnown,
  });
  const reach = new Reach(context, { people, links, mail, presence, session });
  const places = new Places(people, () => groups);
  const reading = new Reading(context, { people, conversations, links, mail, presence, places });
  const outbox = new Outbox(context, { people, conversations, links, reach });
  const refill = new Refill(context, { conversations, links, mail, outbox, reach });
  const inbox = new Inbox(context, { conversations, links, mail, reading });
  const hold = new Hold(context, { people, conversations, links, mail, outbox, presence, reach, session });
  const quick = new Quick(context, { people, conversations, links, reach, reading, session });
  const renewal = new Renewal(context, { people, record, friends, refill, session });
  const posts = new Posts(context, { people, links, mail, presence, reach, session, hold });
  const channels = new Channels(context, people, session);
  const standing = { people, presence, links, reach, mail, session, hold, reading, record, friends };
  const withGroups = buildGroupParts(context, standing);
  const { groups } = withGroups;
  const departure = new Departure(context, { session, record, outbox, hold, posts, ...withGroups });
  const chat = { conversations, reading, outbox, inbox, refill, hold, quick };
  const folk = { people, directory, presence, friends };
  const ways = { mail, incomingMail, links, reach };
  return { record, session, renewal, departure, posts, channels, ...folk, ...ways, ...chat, ...withGroups };
}
