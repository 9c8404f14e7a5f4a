// The reply to a command as lines for a person; a table with one entry for each command.

import type { Answers, ClientEvent } from '../../../protocols/control/answer.js';
import type { CommandName } from '../../../protocols/control/command.js';
import type { UiCommand, ParsedCommand } from '../../../protocols/control/ui-command.js';
import { refusalText, type Refusal } from '../../../protocols/kit/refusals.js';
import { sanitize } from '../../../protocols/kit/sanitize.js';
import type { Help, CommandResult } from '../command-runner.js';
import { drawHelp } from './help.js';
import { counted, shownName, type ViewOptions } from './view-options.js';
import { drawChannels, drawJoined, drawChannelMessage, drawDirectMessage } from './answers/channels.js';
import { drawEvidence, drawGroupOpened, drawGroups, drawMembers } from './answers/groups.js';
import { drawBackup, drawExport, drawRestore } from './answers/archive.js';
import { drawHistory, drawOutbox, drawStateChange, drawUnsent, drawSearch } from './answers/messages.js';
import { drawFeed, drawPostList } from './answers/posts.js';
import { drawList, drawLookup, drawRequests, drawVerify, drawWho, drawWhoami } from './answers/people.js';

interface DataOfFace {
  help: Help;
  wait: ClientEvent;
}
type DataOf<K extends ParsedCommand['type']> = K extends CommandName
  ? Answers[K]
  : K extends UiCommand['type']
    ? DataOfFace[K]
    : never;
type Drawers = {
  [K in ParsedCommand['type']]: (
    data: DataOf<K>,
    command: Extract<ParsedCommand, { type: K }>,
    view: ViewOptions,
  ) => string[];
};

const DRAWERS: Drawers = {
  online: ({ user }, _, view) => [`You are online as ${shownName(user, view)}.`],
  offline: () => ['You are offline.'],
  exit: (data, _, view) => drawUnsent(data, view),
  whoami: (data, _, view) => drawWhoami(data, view),
  lookup: (data, _, view) => drawLookup(data, view),
  who: (data, _, view) => drawWho(data, view),
  update: ({ updated }) => [`Refreshed ${counted(updated, 'friend')}.`],
  unregister: ({ user }) => [`The name ${user} is given up.`],
  add: ({ user }, _, view) => [`Asked ${shownName(user, view)} to be friends.`],
  requests: (data, _, view) => drawRequests(data, view),
  accept: (data, _, view) => [`Accepted ${drawAnswered(data, view)}.`],
  reject: (data, _, view) => [`Rejected ${drawAnswered(data, view)}.`],
  block: ({ user }, _, view) => [`Blocked ${shownName(user, view)}.`],
  unblock: ({ user }, _, view) => [`Unblocked ${shownName(user, view)}.`],
  remove: ({ user }, _, view) => [`Removed ${shownName(user, view)}.`],
  list: (data, _, view) => drawList(data, view),
  verify: (data, { user }) => drawVerify(data, user),
  connect: (data, _, view) => drawConnect(data, view),
  leave: () => ['You left the conversation.'],
  say: ({ state }, { user, text }, view) => [drawStateChange({ to: user, state, count: 1, text }, view)],
  message: ({ state }, { user, text }, view) => [drawStateChange({ to: user, state, count: 1, text }, view)],
  history: (data, command, view) => [...drawEarlier(data, command), ...drawHistory(data, view)],
  search: (data, _, view) => drawSearch(data, view),
  outbox: (data, _, view) => drawOutbox(data, view),
  cancel: () => ['Cancelled.'],
  post_upload: ({ post }, { path }) => [`Posted ${sanitize(path)} as ${sanitize(post)}.`],
  post_text: () => ['Posted.'],
  post_list: (data, _, view) => drawPostList(data, view),
  post_get: () => [], // the event was drawn when it came
  post_remove: () => ['Removed.'],
  feed: (data, _, view) => drawFeed(data, view),
  certificate: ({ certificate, key }) => [
    `Your certificate: ${certificate}`,
    `Its secret key: ${key}. Whoever has it can pass for this device; delete it when you need it no more.`,
  ],
  create_group: ({ group, public: isPublic }, _, view) => [
    `The group ${shownName(group, view)} is yours to lead; it is ${isPublic ? 'public' : 'private'}.`,
  ],
  groups: (data, _, view) => drawGroups(data, view),
  members: (data, _, view) => drawMembers(data, view),
  group: (data, _, view) => drawGroupOpened(data, view),
  join_group: ({ group, asked }, _, view) => [
    `Asked ${shownName(asked, view)} to let you into ${shownName(group, view)}.`,
  ],
  leave_group: ({ group }, _, view) => [`You left ${shownName(group, view)}.`],
  invite: ({ group, user }, _, view) => [`Invited ${shownName(user, view)} into ${shownName(group, view)}.`],
  remove_member: ({ group, user }, _, view) => [`Removed ${shownName(user, view)} from ${shownName(group, view)}.`],
  transfer: ({ group, user }, _, view) => [`${shownName(user, view)} is to lead ${shownName(group, view)}.`],
  broadcast: ({ state }, { group, text }, view) => [drawStateChange({ to: group, state, count: 1, text }, view)],
  evidence: (data) => drawEvidence(data),
  join: (data, _, view) => drawJoined(data, view),
  part: ({ channel }) => [`You left #${sanitize(channel)}.`],
  channels: (data, _, view) => drawChannels(data, view),
  channel: (data, { text }, view) => drawChannelMessage(data, text, view),
  private: (data, { text }, view) => drawDirectMessage(data, text, view),
  export: (data) => drawExport(data),
  backup: (data) => drawBackup(data),
  restore: (data, { file }, view) => drawRestore(data, file, view),
  help: (data) => drawHelp(data),
  wait: () => [], // the event was drawn when it came
};

/**
 * Loosened on purpose: the reply to a command carries that command's data, which the types of a table cannot follow.
 */
const DRAWER_OF: Record<ParsedCommand['type'], (data: never, command: never, view: ViewOptions) => string[]> = DRAWERS;

export function drawResult(reply: CommandResult, view: ViewOptions): string[] {
  if (!reply.ok) return [drawRefusal(reply.refusal, view)];
  return DRAWER_OF[reply.command.type](reply.data as never, reply.command as never, view);
}

/** One line: what is wrong and what to do about it. */
export function drawRefusal(refusal: Refusal, { colours: colours }: Pick<ViewOptions, 'colours'>): string {
  return `${colours.bad('!')} ${sanitize(refusalText(refusal))}`;
}

function drawAnswered({ user, group }: Answers['accept'], view: ViewOptions): string {
  return group === undefined ? shownName(user, view) : `${shownName(user, view)} (group ${shownName(group, view)})`;
}

function drawConnect({ user, online }: Answers['connect'], view: ViewOptions): string[] {
  const state = online ? 'online' : 'offline; what you write is kept until it arrives';
  return [`You are talking to ${shownName(user, view)} (${state}). /exit leaves.`];
}

/** A full page says how to get the one before it. */
function drawEarlier({ messages }: Answers['history'], { user, limit }: { user: string; limit: number }): string[] {
  const first = messages[0];
  return first && messages.length >= limit ? [`Earlier: history ${user} --before ${first.id}`] : [];
}
