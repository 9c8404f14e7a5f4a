// People as lines: friends, users, requests, safety numbers.

import type { Answers } from '../../../../protocols/control/answer.js';
import type { FriendSummary, PeopleCommandMap } from '../../../../protocols/control/commands/people.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import type { Drawers } from '../drawers.js';
import { dayAndTime } from '../format-time.js';
import { typedHere } from '../typed-here.js';
import { columns, counted, shownName, type ViewOptions } from '../view-options.js';
import { drawGroupEvent } from './groups.js';

export const PEOPLE_DRAWERS: Drawers<PeopleCommandMap> = {
  lookup: (data, _, view) => drawLookup(data, view),
  who: (data, _, view) => drawWho(data, view),
  list: (data, _, view) => drawList(data, view),
  update: ({ updated }) => [`Updated ${counted(updated, 'friend')}.`],
  add: (data, _, view) => [drawAdded(data, view)],
  requests: (data, _, view) => drawRequests(data, view),
  accept: (data, _, view) => [`Accepted ${drawReplied(data, view)}.`],
  reject: (data, _, view) => [`Rejected ${drawReplied(data, view)}.`],
  block: ({ user }, _, view) => [`Blocked ${shownName(user, view)}.`],
  unblock: ({ user }, _, view) => [`Unblocked ${shownName(user, view)}.`],
  remove: ({ user }, _, view) => [`You and ${shownName(user, view)} are no longer friends.`],
  verify: (data, { user }) => drawVerify(data, user),
};

function drawAdded({ user, later }: Answers['add'], view: ViewOptions): string {
  const name = shownName(user, view);
  if (later !== true) return `Your friend request to ${name} is on its way.`;
  return typedHere(`You are offline. Your friend request to ${name} leaves once you are online. Type: online`, view);
}

function drawList({ friends }: Answers['list'], view: ViewOptions): string[] {
  if (friends.length === 0) return ['No friends yet. Type: add <user>'];
  const rows = friends.map((friend) => [
    friend.online ? '●' : '○',
    sanitize(friend.user),
    [presence(friend, view), ...notes(friend)].join(', '),
  ]);
  const names = friends.map(({ user }) => user);
  return columns(rows, (cell, column, row) => (column === 1 ? view.colours.name(names[row] ?? cell, cell) : cell));
}

function notes({ unread, verified }: FriendSummary): string[] {
  return [...(unread > 0 ? [`${unread} unread`] : []), ...(verified ? ['verified'] : [])];
}

function presence({ state, online, lastSeen }: FriendSummary, view: ViewOptions): string {
  switch (state) {
    case 'asked':
      return 'friend request not answered yet';
    case 'blocked':
      return 'blocked';
    case 'friend':
      return online ? 'online' : seen(lastSeen, view);
  }
}

function seen(lastSeen: string | null, view: ViewOptions): string {
  return lastSeen === null ? 'offline' : `last seen ${dayAndTime(lastSeen, view.now, view.zone)}`;
}

function drawLookup({ user, online, lastSeen, fingerprint }: Answers['lookup'], view: ViewOptions): string[] {
  const state = online ? 'online' : seen(lastSeen, view);
  return [`${shownName(user, view)}: ${state}`, view.colours.faint(`  fingerprint: ${sanitize(fingerprint)}`)];
}

function drawWho({ users }: Answers['who'], view: ViewOptions): string[] {
  const names = users.map((user) => shownName(user, view)).join(', ');
  return [users.length === 0 ? 'No users are online.' : `Online now: ${names}`];
}

export function drawRequests({ requests }: Answers['requests'], view: ViewOptions): string[] {
  if (requests.length === 0) return ['No requests wait for your answer.'];
  return requests.flatMap(({ kind, from, group, note }) => {
    if (kind === 'friend' || group === undefined) return [drawRequest(from, note ?? '', view)];
    const event = kind === 'join' ? 'group_request' : 'group_invite';
    return drawGroupEvent({ event, group, from, at: '' }, view);
  });
}

/** A friend request, and how to answer it. */
export function drawRequest(from: string, note: string, view: ViewOptions): string {
  const said = note === '' ? '' : `: ${sanitize(note)}`;
  const advice = view.colours.faint(`(accept ${sanitize(from)} or reject ${sanitize(from)})`);
  return `${shownName(from, view)} wants to be friends${said}  ${advice}`;
}

function drawReplied({ user, group }: Answers['accept'], view: ViewOptions): string {
  return group === undefined ? shownName(user, view) : `${shownName(user, view)} (group ${shownName(group, view)})`;
}

function drawVerify({ safetyNumber, claimed, verified }: Answers['verify'], user: string): string[] {
  if (claimed !== null) return drawClaim(safetyNumber, claimed, user);
  const advice = verified
    ? `You have verified ${user}.`
    : `Compare it with ${user} in person or by phone. If both are the same, type: verify ${user} --confirm NUMBER`;
  return [...drawSafetyNumber(safetyNumber), advice];
}

/** The numbers under both keys: only the user can find out which one is right. */
function drawClaim(pinned: string, claimed: string, user: string): string[] {
  return [
    `The number for the key of ${user} that you know:`,
    ...drawSafetyNumber(pinned),
    'The number for the key that the name server lists now:',
    ...drawSafetyNumber(claimed),
    `Ask ${user}, in person or by phone, which number is right, and type it: verify ${user} --confirm NUMBER`,
    `To keep the key that you know without comparing, type: verify ${user} --reject`,
  ];
}

/** Twelve groups of five digits, in two lines that are easy to read out. */
function drawSafetyNumber(safetyNumber: string): string[] {
  const groups = safetyNumber.replace(/\s+/g, '').match(/\d{1,5}/g) ?? [];
  return [`  ${groups.slice(0, 6).join(' ')}`, `  ${groups.slice(6).join(' ')}`];
}
