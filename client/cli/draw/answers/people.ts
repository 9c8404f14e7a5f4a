// People as lines: friends, users, requests, safety numbers.

import type { Answers, FriendLine } from '../../../../protocols/control/answer.js';
import { harmless } from '../../../../protocols/kit/text.js';
import { drawGroupEvent } from './groups.js';
import { columns, who, type Look } from '../look.js';
import { dayAndTime } from '../moment.js';

export function drawList({ friends }: Answers['list'], look: Look): string[] {
  if (friends.length === 0) return ['No friends yet. Type: add <user>'];
  const rows = friends.map((friend) => [
    friend.online ? '●' : '○',
    harmless(friend.user),
    [presence(friend, look), ...notes(friend)].join(', '),
  ]);
  const names = friends.map(({ user }) => user);
  return columns(rows, (cell, column, row) => (column === 1 ? look.paint.name(names[row] ?? cell, cell) : cell));
}

function notes({ unread, verified }: FriendLine): string[] {
  return [...(unread > 0 ? [`${unread} unread`] : []), ...(verified ? ['verified'] : [])];
}

function presence({ state, online, lastSeen }: FriendLine, look: Look): string {
  switch (state) {
    case 'asked':
      return 'asked, no answer yet';
    case 'blocked':
      return 'blocked';
    case 'friend':
      return online ? 'online' : seen(lastSeen, look);
  }
}

function seen(lastSeen: string | null, look: Look): string {
  return lastSeen === null ? 'offline' : `last seen ${dayAndTime(lastSeen, look.now, look.zone)}`;
}

export function drawLookup({ user, online, lastSeen, fingerprint }: Answers['lookup'], look: Look): string[] {
  const state = online ? 'online' : seen(lastSeen, look);
  return [`${who(user, look)}: ${state}`, look.paint.faint(`  fingerprint: ${harmless(fingerprint)}`)];
}

export function drawWho({ users }: Answers['who'], look: Look): string[] {
  return [users.length === 0 ? 'Nobody is online.' : `Online now: ${users.map((user) => who(user, look)).join(', ')}`];
}

export function drawRequests({ requests }: Answers['requests'], look: Look): string[] {
  if (requests.length === 0) return ['Nothing waits for your answer.'];
  return requests.flatMap(({ kind, from, group, note }) => {
    if (kind === 'friend' || group === undefined) return [drawRequest(from, note ?? '', look)];
    const event = kind === 'join' ? 'group_request' : 'group_invite';
    return drawGroupEvent({ event, group, from, at: '' }, look);
  });
}

/** Somebody who waits for an answer, and how to give it. */
export function drawRequest(from: string, note: string, look: Look): string {
  const said = note === '' ? '' : `: ${harmless(note)}`;
  const advice = look.paint.faint(`(accept ${harmless(from)} or reject ${harmless(from)})`);
  return `${who(from, look)} wants to be friends${said}  ${advice}`;
}

export function drawWhoami(me: Answers['whoami'], look: Look): string[] {
  const rows = [
    ['name', me.user],
    ['key', me.key],
    ['fingerprint', me.fingerprint],
    ['device', me.device],
    ['on channels', me.deviceFingerprint],
    ['state', me.online ? 'online' : 'offline'],
  ];
  return columns(rows, (cell, column) => (column === 0 ? look.paint.faint(cell) : cell));
}

/** Twelve groups of five digits, in two lines that are easy to read out. */
export function drawVerify({ safetyNumber, verified }: Answers['verify'], user: string): string[] {
  const groups = safetyNumber.replace(/\s+/g, '').match(/\d{1,5}/g) ?? [];
  const advice = verified
    ? `You have verified ${user}.`
    : `Compare it with ${user} by another way. If it is the same: verify ${user} --confirm`;
  return [`  ${groups.slice(0, 6).join(' ')}`, `  ${groups.slice(6).join(' ')}`, advice];
}
