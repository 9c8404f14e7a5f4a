// The prompt: who I am, with whom I am talking, what waits to be read.

import { who, type Look } from './look.js';

/**
 * `alice> `, `alice → bob (carol 1) [████░░░░░░ 40%]> `. `unread` is empty where nothing waits, `progress` where
 * nothing is on its way.
 */
export function drawPrompt(look: Look, unread: string, progress = ''): string {
  const other = look.conversation === null ? '' : ` → ${who(look.conversation, look)}`;
  const waiting = unread === '' ? '' : ` (${unread})`;
  const bar = progress === '' ? '' : ` ${look.paint.faint(progress)}`;
  return `${who(look.me, look)}${other}${waiting}${bar}> `;
}
