// Answers about your own account as lines.

import type { Answers } from '../../../../protocols/control/answer.js';
import type { AccountCommandMap, OwnDevice } from '../../../../protocols/control/commands/account.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import type { Drawers } from '../drawers.js';
import { dayAndTime } from '../format-time.js';
import { columns, shownName, type ViewOptions } from '../view-options.js';
import { drawUnsent } from './messages.js';
import { drawSize } from './posts.js';

export const ACCOUNT_DRAWERS: Drawers<AccountCommandMap> = {
  online: ({ user }, _, view) => [`You are online as ${shownName(user, view)}.`],
  offline: () => ['You are offline.'],
  exit: (data, _, view) => drawUnsent(data, view),
  whoami: (data, _, view) => drawWhoami(data, view),
  stats: (data, _, view) => drawStats(data, view),
  devices: (data, _, view) => drawDevices(data, view),
  'renew-device': ({ fingerprint }) => [
    `This device has new keys: ${sanitize(fingerprint)}`,
    'Your friends and groups are told. What the old keys sign from now on is refused.',
  ],
  unregister: ({ user }) => [`You gave up the name ${user}.`],
};

function drawWhoami(me: Answers['whoami'], view: ViewOptions): string[] {
  const rows = [
    ['name', me.user],
    ['key', me.key],
    ['fingerprint', me.fingerprint],
    ['device', me.device],
    ['on channels', me.deviceFingerprint],
    ['state', me.online ? 'online' : 'offline'],
  ];
  return drawRows(rows, view);
}

function drawStats({ stored, friends, links, uptimeMs }: Answers['stats'], view: ViewOptions): string[] {
  const rows = [
    ['messages', String(stored.messages)],
    ['on disk', drawSize(stored.bytes)],
    ['friends', String(friends)],
    ['open links', String(links)],
    ['uptime', drawUptime(uptimeMs)],
  ];
  return drawRows(rows, view);
}

const DEVICE_STATES: Record<OwnDevice['state'], string> = {
  this: '● this device',
  other: '○ other device',
  replaced: '✗ replaced',
};

function drawDevices({ devices }: Answers['devices'], view: ViewOptions): string[] {
  const rows = devices.map(({ fingerprint, since, lastSeen, state }) => [
    DEVICE_STATES[state],
    `since ${dayAndTime(since, view.now, view.zone)}`,
    lastSeen === null ? 'not online' : `last seen ${dayAndTime(lastSeen, view.now, view.zone)}`,
    sanitize(fingerprint),
  ]);
  return drawRows(rows, view);
}

/** `7 min`, `26 h 3 min` */
function drawUptime(uptimeMs: number): string {
  const minutes = Math.floor(uptimeMs / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function drawRows(rows: string[][], view: ViewOptions): string[] {
  return columns(rows, (cell, column) => (column === 0 ? view.colours.faint(cell) : cell));
}
