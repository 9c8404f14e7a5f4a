// Messages as lines: time, sender, text, and the state of my own.

import type {
  Answers,
  HistoryLine,
  MessageState,
  SearchLine,
  WaitingLine,
} from '../../../../protocols/control/answer.js';
import { harmless } from '../../../../protocols/kit/text.js';
import { columns, counted, excerpt, who, type Look } from '../look.js';
import { clockTime, day } from '../moment.js';

const SENDER_WIDTH = 10;

const MARKS: Record<HistoryLine['state'], string> = {
  queued: '… queued',
  held: '… held',
  delivered: '✓ delivered',
  read: '✓✓ read',
  cancelled: '✗ cancelled',
  unconfirmed: '? not confirmed',
};

interface Spoken {
  readonly at: string;
  readonly from: string;
  readonly text: string;
  readonly kind: HistoryLine['kind'];
  readonly gap?: boolean;
}

/** A message that just came. Outside its conversation it says that it is for you. */
export function drawMessage(message: Spoken, look: Look): string {
  const aside = message.from === look.conversation ? '' : ' → you';
  return spoken(message, aside, look);
}

/** A message to a group that just came. */
export function drawSpoken(message: Spoken & { group: string; gap: boolean }, look: Look): string {
  const aside = look.conversation === `group:${message.group}` ? '' : ` → ${harmless(message.group)}`;
  return spoken(message, aside, look);
}

/** A page of a conversation, a line for each new day. */
export function drawHistory({ messages }: Answers['history'], look: Look): string[] {
  return messages.length === 0 ? ['Nothing was said yet.'] : byDay(messages, pastMessage, look);
}

/** What was found, the newest first. */
export function drawSearch({ messages }: Answers['search'], look: Look): string[] {
  return messages.length === 0 ? ['Nothing was found.'] : byDay(messages, foundMessage, look);
}

function byDay<L extends HistoryLine>(
  messages: readonly L[],
  draw: (message: L, look: Look) => string,
  look: Look,
): string[] {
  let lastDay = '';
  return messages.flatMap((message) => {
    const today = day(message.at, look.zone);
    const dayLine = today === lastDay ? [] : [look.paint.faint(`── ${today} ──`)];
    lastDay = today;
    return [...dayLine, draw(message, look)];
  });
}

/** My own say to whom. */
function foundMessage(message: SearchLine, look: Look): string {
  return spoken(message, message.from === look.me ? ` → ${harmless(message.in)}` : '', look);
}

function pastMessage(message: HistoryLine, look: Look): string {
  const line = spoken(message, '', look);
  return message.from === look.me ? `${line}  ${look.paint.faint(MARKS[message.state])}` : line;
}

function spoken(message: Spoken, aside: string, look: Look): string {
  const sender = `${harmless(message.from)}${message.kind === 'quick' ? ' (quick)' : ''}`;
  const gap = message.gap === true ? look.paint.faint('(something before this is missing) ') : '';
  const column = look.paint.name(message.from, `${sender}${aside}`.padStart(SENDER_WIDTH));
  return `${look.paint.faint(clockTime(message.at, look.zone))} ${column}  ${gap}${harmless(message.text)}`;
}

/** One or several messages to somebody that came to a state. `text`: of the message, where it is one and we know it. */
export interface Progress {
  readonly to: string;
  readonly state: MessageState;
  readonly count: number;
  readonly text: string | null;
}

export function drawProgress({ to, state, count, text }: Progress, look: Look): string {
  const mark = count === 1 ? MARKS[state] : MARKS[state].replace(' ', ` ${count} `);
  const whom =
    to === look.conversation || `group:${to}` === look.conversation
      ? ''
      : `${state === 'read' ? ' by' : state === 'delivered' ? ' to' : ' for'} ${harmless(to)}`;
  const what = text === null ? '' : `: ${excerpt(text)}`;
  return look.paint.faint(`      ${mark}${whom}${what}`);
}

export function drawOutbox({ messages }: Answers['outbox'], look: Look): string[] {
  return messages.length === 0 ? ['Everything has arrived.'] : waitingLines(messages, look);
}

/** What stays behind when the client ends. A message held at the name server needs us no more, so it is not named. */
export function drawRemains({ waiting }: Answers['exit'], look: Look): string[] {
  const left = waiting.filter(({ state }) => state === 'queued');
  if (left.length === 0) return [];
  return [`${counted(left.length, 'message')} not sent yet; kept, and sent next time:`, ...waitingLines(left, look)];
}

function waitingLines(messages: readonly WaitingLine[], look: Look): string[] {
  const rows = messages.map(({ id, to, at, state, text, why }) => [
    id,
    clockTime(at, look.zone),
    harmless(to),
    why === null ? state : `${state} (${harmless(why)})`,
    excerpt(text),
  ]);
  return columns(rows, (cell, column) => (column === 2 ? who(cell, look) : cell));
}
