// Builds the parts of the engine, floor by floor, and lists them in the order in which they hear events. A part is
// given parts of lower floors only.

import type { Command } from '../../protocols/control/command.js';
import { Channels } from './channels/channels.js';
import { HistoryRecovery } from './chat/history-recovery.js';
import { Inbox } from './chat/inbox.js';
import { Outbox } from './chat/outbox.js';
import { ReadReceipts } from './chat/read-receipts.js';
import { StoreAndForward } from './chat/store-and-forward.js';
import { WaitingChat } from './chat/waiting-chat.js';
import { ConversationNames } from './conversations/conversation-names.js';
import { Conversations } from './conversations/conversations.js';
import { History } from './conversations/history.js';
import { Search } from './conversations/search.js';
import { StorageBudget } from './conversations/storage-budget.js';
import { Unread } from './conversations/unread.js';
import { WaitingMessages } from './conversations/waiting-messages.js';
import type { Context } from './core/context.js';
import type { Input } from './core/io.js';
import type { Part } from './core/part.js';
import { FriendList } from './friends/friend-list.js';
import { Friends } from './friends/friends.js';
import { buildGroups } from './groups/build-groups.js';
import { LetterKeys } from './identity/letter-keys.js';
import { LookAlikes } from './identity/look-alikes.js';
import { OwnRecord } from './identity/own-record.js';
import { People } from './identity/people.js';
import { PinnedKeys } from './identity/pinned-keys.js';
import { StaleCopyReports } from './identity/stale-copy-reports.js';
import { DeviceCommands } from './lifecycle/device-commands.js';
import { KeyRotation } from './lifecycle/key-rotation.js';
import { NameResolution } from './lifecycle/name-resolution.js';
import { Shutdown } from './lifecycle/shutdown.js';
import { buildPosts } from './posts/build-posts.js';
import { QuickMessages } from './quick/quick-messages.js';
import { Directory } from './server/directory.js';
import { IncomingMail } from './server/incoming-mail.js';
import { LetterKeyOffers } from './server/letter-key-offers.js';
import { OutgoingMail } from './server/outgoing-mail.js';
import { Presence } from './server/presence.js';
import { Session } from './server/session.js';
import { UnopenedLetters } from './server/unopened/unopened-letters.js';
import { Connector } from './transport/connector.js';
import { DeliveredMarks } from './transport/delivered-marks.js';
import { HandOff } from './transport/hand-off.js';
import { Knocks } from './transport/knocks.js';
import { Links } from './transport/links.js';
import { OwnEndpoints } from './transport/own-endpoints.js';

export function buildParts(context: Context) {
  const identity = buildIdentity(context);
  const server = buildServer(context, identity);
  const transport = buildTransport(context, { ...identity, ...server });
  const conversations = buildConversations(context, { ...identity, ...server, ...transport });
  const lower = { ...identity, ...server, ...transport, ...conversations };
  const friends = new Friends(context, lower);
  const friendList = new FriendList(context, lower);
  const posts = buildPosts(context, lower);
  const quick = new QuickMessages(context, lower);
  const chat = buildChat(context, lower);
  const channels = new Channels(context, lower);
  const groups = buildGroups(context, lower);
  const all = { ...lower, ...chat, ...groups, friends, channels, announcements: posts.announcements };
  const { session, directory, presence, mail, incomingMail, keyOffers, people, endpoints, knocks, links, connector } =
    lower;
  const keyRotation = new KeyRotation(context, all);
  const deviceCommands = new DeviceCommands(context, { ...all, keyRotation });
  const { unread, history, search, waitingMessages } = lower;
  const { inbox, readReceipts, outbox, storeAndForward, historyRecovery } = chat;
  const list = withOneHandlerEach([
    ...([session, keyOffers, directory, presence, mail, incomingMail, lower.unopenedLetters] as const),
    ...([endpoints, knocks, links, connector] as const),
    ...([unread, history, search, waitingMessages] as const),
    ...([friends, friendList, quick] as const),
    // The inbox acknowledges before read receipts leave: a message is delivered before it is read.
    ...([inbox, readReceipts, outbox, storeAndForward, historyRecovery] as const),
    ...([...posts.list, ...groups.list, channels] as const),
    ...([new NameResolution(context, all), keyRotation, deviceCommands, new Shutdown(context, all)] as const),
  ]);
  return { list, people, links, incomingMail };
}

function buildIdentity(context: Context) {
  const record = new OwnRecord(context);
  const people = new People(context);
  const pinnedKeys = new PinnedKeys(context, people);
  const lookAlikes = new LookAlikes(context, people, pinnedKeys);
  const staleCopies = new StaleCopyReports(context, people);
  const letterKeys = new LetterKeys(context);
  return { record, people, pinnedKeys, lookAlikes, staleCopies, letterKeys };
}

type Identity = ReturnType<typeof buildIdentity>;

function buildServer(context: Context, { record, people, staleCopies, letterKeys }: Identity) {
  const session = new Session(context, record, staleCopies);
  const directory = new Directory(context, people, session);
  const presence = new Presence(context, people, session);
  const mail = new OutgoingMail(context, people, session);
  const incomingMail = new IncomingMail(context, { people, letterKeys, mail }, session);
  const unopenedLetters = new UnopenedLetters(context, { people, mail }, session);
  const keyOffers = new LetterKeyOffers(context, letterKeys, session);
  return { session, directory, presence, mail, incomingMail, unopenedLetters, keyOffers };
}

type Server = Identity & ReturnType<typeof buildServer>;

function buildTransport(context: Context, lower: Server) {
  const endpoints = new OwnEndpoints(lower.session);
  const delivered = new DeliveredMarks(context, lower.people);
  const knocks = new Knocks(context, lower);
  const links = new Links(context, { ...lower, endpoints, delivered });
  const connector = new Connector(context, { ...lower, endpoints, links });
  const handOff = new HandOff(context, { ...lower, links, connector });
  return { endpoints, delivered, knocks, links, connector, handOff };
}

type Transport = Server & ReturnType<typeof buildTransport>;

function buildConversations(context: Context, lower: Transport) {
  const conversations = new Conversations(context, lower.people);
  const names = new ConversationNames(lower.people);
  const unread = new Unread(context, lower);
  const history = new History(context, { ...lower, names, unread });
  const search = new Search(context, names, lower.pinnedKeys);
  const waitingMessages = new WaitingMessages(context);
  const storageBudget = new StorageBudget(context, lower);
  return { conversations, names, unread, history, search, waitingMessages, storageBudget };
}

function buildChat(context: Context, lower: Transport & ReturnType<typeof buildConversations>) {
  const inbox = new Inbox(context, lower);
  const readReceipts = new ReadReceipts(context, lower);
  const outbox = new Outbox(context, lower);
  const storeAndForward = new StoreAndForward(context, { ...lower, outbox });
  new WaitingChat(context, { ...lower, outbox, storeAndForward });
  const historyRecovery = new HistoryRecovery(context, { ...lower, inbox, outbox });
  return { inbox, readReceipts, outbox, storeAndForward, historyRecovery };
}

/** Inputs that the engine takes itself. */
type EngineInput = 'wake' | 'turn_over' | 'command' | 'answered' | 'sealed' | 'unsealed';

type Taken<P, Table extends 'commands' | 'inputs'> = P extends { readonly [T in Table]: infer Tags }
  ? keyof Tags
  : never;

type Untaken<L extends readonly unknown[]> =
  | Exclude<Command['type'], Taken<L[number], 'commands'>>
  | Exclude<Input['type'], Taken<L[number], 'inputs'> | EngineInput>;

type TakenTwice<L extends readonly unknown[]> = L extends readonly [infer First, ...infer Others]
  ? | (Taken<First, 'commands'> & Taken<Others[number], 'commands'>)
    | (Taken<First, 'inputs'> & Taken<Others[number], 'inputs'>)
    | TakenTwice<Others>
  : never;

/** Compiles only if exactly one part takes each command and each input; else `wrong` names what has none or two. */
function withOneHandlerEach<const L extends readonly Part[]>(
  list: L,
  ..._wrong: [Untaken<L> | TakenTwice<L>] extends [never] ? [] : [Untaken<L> | TakenTwice<L>]
): L {
  return list;
}
