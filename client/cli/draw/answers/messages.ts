// Messages as lines: time, sender, text, and the state of my own.

import type {
  Answers,
  HistoryMessage,
  MessageState,
  FoundMessage,
  OutboxMessage,
} from '../../../../protocols/control/answer.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import { columns, counted, excerpt, shownName, type ViewOptions } from '../view-options.js';
import { clockTime, day } from '../format-time.js';

const SENDER_WIDTH = 10;

const MARKS: Record<HistoryMessage['state'], string> = {
  queued: '… queued',
  held: '… held',
  delivered: '✓ delivered',
  read: '✓✓ read',
  cancelled: '✗ cancelled',
  unconfirmed: '? not confirmed',
};

interface DrawnMessage {
  readonly at: string;
  readonly from: string;
  readonly text: string;
  readonly kind: HistoryMessage['kind'];
  readonly gap?: boolean;
}

/** A message that just came. Outside its conversation it says that it is for you. */
export function drawMessage(message: DrawnMessage, view: ViewOptions): string {
  const aside = message.from === view.conversation ? '' : ' → you';
  return messageLine(message, aside, view);
}

/** A message to a group that just came. */
export function drawGroupMessage(message: DrawnMessage & { group: string; gap: boolean }, view: ViewOptions): string {
  const aside = view.conversation === `group:${message.group}` ? '' : ` → ${sanitize(message.group)}`;
  return messageLine(message, aside, view);
}

/** A page of a conversation, a line for each new day. */
export function drawHistory({ messages }: Answers['history'], view: ViewOptions): string[] {
  return messages.length === 0 ? ['Nothing was said yet.'] : byDay(messages, pastMessage, view);
}

/** What was found, the newest first. */
export function drawSearch({ messages }: Answers['search'], view: ViewOptions): string[] {
  return messages.length === 0 ? ['Nothing was found.'] : byDay(messages, foundMessage, view);
}

function byDay<L extends HistoryMessage>(
  messages: readonly L[],
  draw: (message: L, view: ViewOptions) => string,
  view: ViewOptions,
): string[] {
  let lastDay = '';
  return messages.flatMap((message) => {
    const today = day(message.at, view.zone);
    const dayLine = today === lastDay ? [] : [view.colours.faint(`── ${today} ──`)];
    lastDay = today;
    return [...dayLine, draw(message, view)];
  });
}

/** My own say to whom. */
function foundMessage(message: FoundMessage, view: ViewOptions): string {
  return messageLine(message, message.from === view.me ? ` → ${sanitize(message.in)}` : '', view);
}

function pastMessage(message: HistoryMessage, view: ViewOptions): string {
  const line = messageLine(message, '', view);
  return message.from === view.me ? `${line}  ${view.colours.faint(MARKS[message.state])}` : line;
}

function messageLine(message: DrawnMessage, aside: string, view: ViewOptions): string {
  const sender = `${sanitize(message.from)}${message.kind === 'quick' ? ' (quick)' : ''}`;
  const gap = message.gap === true ? view.colours.faint('(something before this is missing) ') : '';
  const column = view.colours.name(message.from, `${sender}${aside}`.padStart(SENDER_WIDTH));
  return `${view.colours.faint(clockTime(message.at, view.zone))} ${column}  ${gap}${sanitize(message.text)}`;
}

/** One or several messages to somebody that came to a state. `text`: of the message, where it is one and we know it. */
export interface StateChange {
  readonly to: string;
  readonly state: MessageState;
  readonly count: number;
  readonly text: string | null;
}

export function drawStateChange({ to, state, count, text }: StateChange, view: ViewOptions): string {
  const mark = count === 1 ? MARKS[state] : MARKS[state].replace(' ', ` ${count} `);
  const whom =
    to === view.conversation || `group:${to}` === view.conversation
      ? ''
      : `${state === 'read' ? ' by' : state === 'delivered' ? ' to' : ' for'} ${sanitize(to)}`;
  const what = text === null ? '' : `: ${excerpt(text)}`;
  return view.colours.faint(`      ${mark}${whom}${what}`);
}

export function drawOutbox({ messages }: Answers['outbox'], view: ViewOptions): string[] {
  return messages.length === 0 ? ['Everything has arrived.'] : waitingLines(messages, view);
}

/** What stays behind when the client ends. A message held at the name server needs us no more, so it is not named. */
export function drawUnsent({ waiting }: Answers['exit'], view: ViewOptions): string[] {
  const left = waiting.filter(({ state }) => state === 'queued');
  if (left.length === 0) return [];
  return [`${counted(left.length, 'message')} not sent yet; kept, and sent next time:`, ...waitingLines(left, view)];
}

function waitingLines(messages: readonly OutboxMessage[], view: ViewOptions): string[] {
  const rows = messages.map(({ id, to, at, state, text, why }) => [
    id,
    clockTime(at, view.zone),
    sanitize(to),
    why === null ? state : `${state} (${sanitize(why)})`,
    excerpt(text),
  ]);
  return columns(rows, (cell, column) => (column === 2 ? shownName(cell, view) : cell));
}
