// The prompt: your name, the open conversation, unread messages, downloads.

import { shownName, type ViewOptions } from './view-options.js';

/**
 * `alice> `, `alice → bob (carol 1) [████░░░░░░ 40%]> `. `unread` is empty where nothing waits, `progress` where
 * nothing is on its way.
 */
export function drawPrompt(view: ViewOptions, unread: string, progress = ''): string {
  const other = view.conversation === null ? '' : ` → ${shownName(view.conversation, view)}`;
  const waiting = unread === '' ? '' : ` (${unread})`;
  const bar = progress === '' ? '' : ` ${view.colours.faint(progress)}`;
  return `${shownName(view.me, view)}${other}${waiting}${bar}> `;
}
