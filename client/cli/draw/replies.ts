// The reply to a command as lines for a person; a table with one entry for each command.

import type { Answers, ClientEvent } from '../../../protocols/control/answer.js';
import type { CommandName } from '../../../protocols/control/command.js';
import type { FaceCommand, Told } from '../../../protocols/control/face-command.js';
import { refusalText, type Refusal } from '../../../protocols/kit/refusals.js';
import { harmless } from '../../../protocols/kit/text.js';
import type { Help, Reply } from '../shell.js';
import { drawHelp } from './help.js';
import { counted, who, type Look } from './look.js';
import { drawChannels, drawJoined, drawSaid, drawWhispered } from './answers/channels.js';
import { drawEvidence, drawGroupOpened, drawGroups, drawMembers } from './answers/groups.js';
import { drawBackup, drawExport, drawRestore } from './answers/archive.js';
import { drawHistory, drawOutbox, drawProgress, drawRemains, drawSearch } from './answers/messages.js';
import { drawFeed, drawPostList } from './answers/posts.js';
import { drawList, drawLookup, drawRequests, drawVerify, drawWho, drawWhoami } from './answers/people.js';

interface DataOfFace {
  help: Help;
  wait: ClientEvent;
}
type DataOf<K extends Told['type']> = K extends CommandName
  ? Answers[K]
  : K extends FaceCommand['type']
    ? DataOfFace[K]
    : never;
type Drawers = { [K in Told['type']]: (data: DataOf<K>, told: Extract<Told, { type: K }>, look: Look) => string[] };

const DRAWERS: Drawers = {
  online: ({ user }, _, look) => [`You are online as ${who(user, look)}.`],
  offline: () => ['You are offline.'],
  exit: (data, _, look) => drawRemains(data, look),
  whoami: (data, _, look) => drawWhoami(data, look),
  lookup: (data, _, look) => drawLookup(data, look),
  who: (data, _, look) => drawWho(data, look),
  update: ({ updated }) => [`Refreshed ${counted(updated, 'friend')}.`],
  unregister: ({ user }) => [`The name ${user} is given up.`],
  add: ({ user }, _, look) => [`Asked ${who(user, look)} to be friends.`],
  requests: (data, _, look) => drawRequests(data, look),
  accept: (data, _, look) => [`Accepted ${drawAnswered(data, look)}.`],
  reject: (data, _, look) => [`Rejected ${drawAnswered(data, look)}.`],
  block: ({ user }, _, look) => [`Blocked ${who(user, look)}.`],
  unblock: ({ user }, _, look) => [`Unblocked ${who(user, look)}.`],
  remove: ({ user }, _, look) => [`Removed ${who(user, look)}.`],
  list: (data, _, look) => drawList(data, look),
  verify: (data, { user }) => drawVerify(data, user),
  connect: (data, _, look) => drawConnect(data, look),
  leave: () => ['You left the conversation.'],
  say: ({ state }, { user, text }, look) => [drawProgress({ to: user, state, count: 1, text }, look)],
  message: ({ state }, { user, text }, look) => [drawProgress({ to: user, state, count: 1, text }, look)],
  history: (data, told, look) => [...drawEarlier(data, told), ...drawHistory(data, look)],
  search: (data, _, look) => drawSearch(data, look),
  outbox: (data, _, look) => drawOutbox(data, look),
  cancel: () => ['Cancelled.'],
  post_upload: ({ post }, { path }) => [`Posted ${harmless(path)} as ${harmless(post)}.`],
  post_text: () => ['Posted.'],
  post_list: (data, _, look) => drawPostList(data, look),
  post_get: () => [], // the event was drawn when it came
  post_remove: () => ['Removed.'],
  feed: (data, _, look) => drawFeed(data, look),
  certificate: ({ certificate, key }) => [
    `Your certificate: ${certificate}`,
    `Its secret key: ${key}. Whoever has it can pass for this device; delete it when you need it no more.`,
  ],
  create_group: ({ group, public: isPublic }, _, look) => [
    `The group ${who(group, look)} is yours to lead; it is ${isPublic ? 'public' : 'private'}.`,
  ],
  groups: (data, _, look) => drawGroups(data, look),
  members: (data, _, look) => drawMembers(data, look),
  group: (data, _, look) => drawGroupOpened(data, look),
  join_group: ({ group, asked }, _, look) => [`Asked ${who(asked, look)} to let you into ${who(group, look)}.`],
  leave_group: ({ group }, _, look) => [`You left ${who(group, look)}.`],
  invite: ({ group, user }, _, look) => [`Invited ${who(user, look)} into ${who(group, look)}.`],
  remove_member: ({ group, user }, _, look) => [`Removed ${who(user, look)} from ${who(group, look)}.`],
  transfer: ({ group, user }, _, look) => [`${who(user, look)} is to lead ${who(group, look)}.`],
  broadcast: ({ state }, { group, text }, look) => [drawProgress({ to: group, state, count: 1, text }, look)],
  evidence: (data) => drawEvidence(data),
  join: (data, _, look) => drawJoined(data, look),
  part: ({ channel }) => [`You left #${harmless(channel)}.`],
  channels: (data, _, look) => drawChannels(data, look),
  channel: (data, { text }, look) => drawSaid(data, text, look),
  private: (data, { text }, look) => drawWhispered(data, text, look),
  export: (data) => drawExport(data),
  backup: (data) => drawBackup(data),
  restore: (data, { file }, look) => drawRestore(data, file, look),
  help: (data) => drawHelp(data),
  wait: () => [], // the event was drawn when it came
};

/**
 * Loosened on purpose: the reply to a command carries that command's data, which the types of a table cannot follow.
 */
const DRAWER_OF: Record<Told['type'], (data: never, told: never, look: Look) => string[]> = DRAWERS;

export function drawReply(reply: Reply, look: Look): string[] {
  if (!reply.ok) return [drawRefusal(reply.refusal, look)];
  return DRAWER_OF[reply.told.type](reply.data as never, reply.told as never, look);
}

/** One line: what is wrong and what to do about it. */
export function drawRefusal(refusal: Refusal, { paint }: Pick<Look, 'paint'>): string {
  return `${paint.bad('!')} ${harmless(refusalText(refusal))}`;
}

function drawAnswered({ user, group }: Answers['accept'], look: Look): string {
  return group === undefined ? who(user, look) : `${who(user, look)} (group ${who(group, look)})`;
}

function drawConnect({ user, online }: Answers['connect'], look: Look): string[] {
  const state = online ? 'online' : 'offline; what you write is kept until it arrives';
  return [`You are talking to ${who(user, look)} (${state}). /exit leaves.`];
}

/** A full page says how to get the one before it. */
function drawEarlier({ messages }: Answers['history'], { user, limit }: { user: string; limit: number }): string[] {
  const first = messages[0];
  return first && messages.length >= limit ? [`Earlier: history ${user} --before ${first.id}`] : [];
}
