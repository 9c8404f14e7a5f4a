// The prompt: who I am, with whom I am talking, what waits to be read.

import { who, type Look } from './look.js';

/** `alice> `, `alice → bob (carol 1)> `. `unread` is empty where nothing waits. */
export function drawPrompt(look: Look, unread: string): string {
  const other = look.conversation === null ? '' : ` → ${who(look.conversation, look)}`;
  const waiting = unread === '' ? '' : ` (${unread})`;
  return `${who(look.me, look)}${other}${waiting}> `;
}
