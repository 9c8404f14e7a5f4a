// People as lines: friends, users, requests, safety numbers.

import type { Answers, FriendSummary } from '../../../../protocols/control/answer.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import { drawGroupEvent } from './groups.js';
import { columns, shownName, type ViewOptions } from '../view-options.js';
import { dayAndTime } from '../format-time.js';

export function drawList({ friends }: Answers['list'], view: ViewOptions): string[] {
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
      return 'asked, no answer yet';
    case 'blocked':
      return 'blocked';
    case 'friend':
      return online ? 'online' : seen(lastSeen, view);
  }
}

function seen(lastSeen: string | null, view: ViewOptions): string {
  return lastSeen === null ? 'offline' : `last seen ${dayAndTime(lastSeen, view.now, view.zone)}`;
}

export function drawLookup({ user, online, lastSeen, fingerprint }: Answers['lookup'], view: ViewOptions): string[] {
  const state = online ? 'online' : seen(lastSeen, view);
  return [`${shownName(user, view)}: ${state}`, view.colours.faint(`  fingerprint: ${sanitize(fingerprint)}`)];
}

export function drawWho({ users }: Answers['who'], view: ViewOptions): string[] {
  return [
    users.length === 0 ? 'Nobody is online.' : `Online now: ${users.map((user) => shownName(user, view)).join(', ')}`,
  ];
}

export function drawRequests({ requests }: Answers['requests'], view: ViewOptions): string[] {
  if (requests.length === 0) return ['Nothing waits for your answer.'];
  return requests.flatMap(({ kind, from, group, note }) => {
    if (kind === 'friend' || group === undefined) return [drawRequest(from, note ?? '', view)];
    const event = kind === 'join' ? 'group_request' : 'group_invite';
    return drawGroupEvent({ event, group, from, at: '' }, view);
  });
}

/** Somebody who waits for an answer, and how to give it. */
export function drawRequest(from: string, note: string, view: ViewOptions): string {
  const said = note === '' ? '' : `: ${sanitize(note)}`;
  const advice = view.colours.faint(`(accept ${sanitize(from)} or reject ${sanitize(from)})`);
  return `${shownName(from, view)} wants to be friends${said}  ${advice}`;
}

export function drawWhoami(me: Answers['whoami'], view: ViewOptions): string[] {
  const rows = [
    ['name', me.user],
    ['key', me.key],
    ['fingerprint', me.fingerprint],
    ['device', me.device],
    ['on channels', me.deviceFingerprint],
    ['state', me.online ? 'online' : 'offline'],
  ];
  return columns(rows, (cell, column) => (column === 0 ? view.colours.faint(cell) : cell));
}

/** Twelve groups of five digits, in two lines that are easy to read out. */
export function drawVerify({ safetyNumber, verified }: Answers['verify'], user: string): string[] {
  const groups = safetyNumber.replace(/\s+/g, '').match(/\d{1,5}/g) ?? [];
  const advice = verified
    ? `You have verified ${user}.`
    : `Compare it with ${user} by another way. If it is the same: verify ${user} --confirm`;
  return [`  ${groups.slice(0, 6).join(' ')}`, `  ${groups.slice(6).join(' ')}`, advice];
}
