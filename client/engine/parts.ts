// Builds the parts of the engine and joins them: each is given the parts it stands on, and nothing else.

import { Channels } from './channels/channels.js';
import type { Context } from './core/context.js';
import { Conversations } from './conversations/conversations.js';
import { buildGroupParts } from './groups/group-parts.js';
import { ConversationNames } from './conversations/conversation-names.js';
import { Directory } from './server/directory.js';
import { Shutdown } from './lifecycle/shutdown.js';
import { Friends } from './friends/friends.js';
import { StoreAndForward } from './chat/store-and-forward.js';
import { Inbox } from './chat/inbox.js';
import { IncomingMail } from './server/incoming-mail.js';
import { Links } from './transport/links.js';
import { Outbox } from './chat/outbox.js';
import { OutgoingMail } from './server/outgoing-mail.js';
import { OwnRecord } from './identity/own-record.js';
import { People } from './identity/people.js';
import { Posts } from './posts/posts.js';
import { Presence } from './server/presence.js';
import { QuickMessages } from './quick/quick-messages.js';
import { HistoryRecovery } from './chat/history-recovery.js';
import { KeyRotation } from './lifecycle/key-rotation.js';
import { Connector } from './transport/connector.js';
import { Reading } from './conversations/reading.js';
import { Session, type PassedFrame } from './server/session.js';

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
  const reach = new Connector(context, { people, links, mail, presence, session });
  const places = new ConversationNames(people, () => groups);
  const reading = new Reading(context, { people, conversations, links, mail, presence, places });
  const outbox = new Outbox(context, { people, conversations, links, reach });
  const refill = new HistoryRecovery(context, { conversations, links, mail, outbox, reach });
  const inbox = new Inbox(context, { conversations, links, mail, reading });
  const hold = new StoreAndForward(context, { people, conversations, links, mail, outbox, presence, reach, session });
  const quick = new QuickMessages(context, { people, conversations, links, reach, reading, session });
  const renewal = new KeyRotation(context, { people, record, friends, refill, session });
  const posts = new Posts(context, { people, links, mail, presence, reach, session, hold });
  const channels = new Channels(context, people, session);
  const standing = { people, presence, links, reach, mail, session, hold, reading, record, friends };
  const withGroups = buildGroupParts(context, standing);
  const { groups } = withGroups;
  const departure = new Shutdown(context, { session, record, outbox, hold, posts, ...withGroups });
  const chat = { conversations, reading, outbox, inbox, refill, hold, quick };
  const folk = { people, directory, presence, friends };
  const ways = { mail, incomingMail, links, reach };
  return { record, session, renewal, departure, posts, channels, ...folk, ...ways, ...chat, ...withGroups };
}
