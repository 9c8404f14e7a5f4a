// Answers about your own account as lines.

import type { Answers } from '../../../../protocols/control/answer.js';
import type { AccountCommandMap } from '../../../../protocols/control/commands/account.js';
import type { Drawers } from '../drawers.js';
import { columns, shownName, type ViewOptions } from '../view-options.js';
import { drawUnsent } from './messages.js';

export const ACCOUNT_DRAWERS: Drawers<AccountCommandMap> = {
  online: ({ user }, _, view) => [`You are online as ${shownName(user, view)}.`],
  offline: () => ['You are offline.'],
  exit: (data, _, view) => drawUnsent(data, view),
  whoami: (data, _, view) => drawWhoami(data, view),
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
  return columns(rows, (cell, column) => (column === 0 ? view.colours.faint(cell) : cell));
}
