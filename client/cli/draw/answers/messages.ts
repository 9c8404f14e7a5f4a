// Messages as lines: time, sender, text, and the state of your own.

import type { Answers } from '../../../../protocols/control/answer.js';
import type {
  FoundMessage,
  HistoryMessage,
  MessageCommandMap,
  MessageState,
  OutboxMessage,
} from '../../../../protocols/control/commands/messages.js';
import type { NameKind } from '../../../../protocols/control/line/checks.js';
import { sanitize } from '../../../../protocols/kit/sanitize.js';
import type { Drawers } from '../drawers.js';
import { otherName } from '../other-name.js';
import { rememberedName } from '../remembered-name.js';
import { typedHere } from '../typed-here.js';
import { clockTime, day } from '../format-time.js';
import { columns, counted, excerpt, hangingText, shownName, textRows, type ViewOptions } from '../view-options.js';

export const MESSAGE_DRAWERS: Drawers<MessageCommandMap> = {
  connect: (data, _, view) => drawOpened(data, view),
  leave: () => ['You closed the conversation.'],
  say: ({ state }, { user, text }, view) => [drawStateChange({ to: user, state, count: 1, text }, view)],
  message: ({ state }, { user, text }, view) => [drawStateChange({ to: user, state, count: 1, text }, view)],
  history: (data, command, view) => [...drawEarlier(data, command, view), ...drawHistory(data, view)],
  search: (data, _, view) => drawSearch(data, view),
  outbox: (data, _, view) => [...drawOutbox(data, view), ...drawUnfetched(data, view)],
  cancel: () => ['Cancelled.'],
};

const SENDER_WIDTH = 10;

export const MARKS: Record<HistoryMessage['state'], string> = {
  queued: '… queued',
  held: '… held by the server',
  delivered: '✓ delivered',
  read: '✓✓ read',
  cancelled: '✗ cancelled',
  unconfirmed: '? not confirmed',
  remembered: '? not proven',
};

interface DrawnMessage {
  readonly at: string;
  readonly from: string;
  readonly text: string;
  readonly kind: HistoryMessage['kind'];
  readonly gap?: boolean;
  readonly otherKey?: string;
  readonly rememberedBy?: string;
}

/** A message that just came. Outside its conversation the line says that it is for you. */
export function drawMessage(message: DrawnMessage, view: ViewOptions): string {
  const aside = message.from === view.conversation ? '' : ' → you';
  return messageLine(message, aside, view);
}

/** A message to a group that just came. */
export function drawGroupMessage(message: DrawnMessage & { group: string; gap: boolean }, view: ViewOptions): string {
  const aside = view.conversation === `group:${message.group}` ? '' : ` → ${sanitize(message.group)}`;
  return messageLine(message, aside, view);
}

/** A page of a conversation, with a line for each new day, and one before the unread messages at its end. */
export function drawHistory({ messages }: Answers['history'], view: ViewOptions, unread = 0): string[] {
  if (messages.length === 0) return ['No messages yet.'];
  const received = messages.filter(({ from }) => from !== view.me);
  const firstNew = unread > 0 ? received[Math.max(0, received.length - unread)] : undefined;
  return byDay(messages, pastMessage, view, firstNew);
}

/** Below a full page of history: how to get the one before it. */
function drawEarlier(
  { messages }: Answers['history'],
  { user, nameKind, limit }: { user: string; nameKind?: NameKind; limit: number },
  { conversation }: ViewOptions,
): string[] {
  const slash = conversation === null ? '' : '/';
  const first = messages[0];
  const place = nameKind === undefined ? user : `${nameKind}:${user}`;
  return first && messages.length >= limit ? [`Earlier messages: ${slash}history ${place} --before ${first.id}`] : [];
}

function drawSearch({ messages }: Answers['search'], view: ViewOptions): string[] {
  return messages.length === 0 ? ['No messages found.'] : byDay(messages, foundMessage, view);
}

function byDay<Message extends HistoryMessage>(
  messages: readonly Message[],
  draw: (message: Message, view: ViewOptions) => string,
  view: ViewOptions,
  firstNew?: Message,
): string[] {
  let lastDay = '';
  return messages.flatMap((message) => {
    const today = day(message.at, view.zone);
    const dayLine = today === lastDay ? [] : [view.colours.faint(`── ${today} ──`)];
    lastDay = today;
    const newLine = message === firstNew ? [view.colours.faint('── new ──')] : [];
    return [...dayLine, ...newLine, draw(message, view)];
  });
}

/** Your own messages name the receiver. */
function foundMessage(message: FoundMessage, view: ViewOptions): string {
  return messageLine(message, message.from === view.me ? ` → ${sanitize(message.in)}` : '', view);
}

function pastMessage(message: HistoryMessage, view: ViewOptions): string {
  const mark = message.from === view.me ? `  ${view.colours.faint(MARKS[message.state])}` : '';
  return messageLine(message, '', view, mark);
}

export function messageLine(message: DrawnMessage, aside: string, view: ViewOptions, mark = ''): string {
  const { from } = message;
  const author = authorOf(message);
  const name = sanitize(author);
  const sender = `${name}${message.kind === 'quick' ? ' (quick)' : ''}`;
  const gap = message.gap === true ? view.colours.faint('(an earlier message is missing) ') : '';
  const padded = `${sender}${aside}`.padStart(SENDER_WIDTH);
  const column = author === from ? view.colours.name(from, padded) : view.colours.bad(padded);
  const head = `${view.colours.faint(clockTime(message.at, view.zone))} ${column}  `;
  return hangingText(head, `${gap}${textRows(message.text, view)}${mark}`, view);
}

/** The author, with what is doubtful about the name. */
function authorOf({ from, otherKey, rememberedBy }: DrawnMessage): string {
  if (rememberedBy !== undefined) return rememberedName(from, rememberedBy);
  return otherKey === undefined ? from : otherName(from, otherKey);
}

/** One or several messages to the same user or group that reached a state. `text`: of a single message, if known. */
export interface StateChange {
  readonly to: string;
  readonly state: MessageState;
  readonly count: number;
  readonly text: string | null;
}

const BEFORE_NAME: Record<MessageState, string> = { queued: 'for', held: 'for', delivered: 'to', read: 'by' };

export function drawStateChange(change: StateChange, view: ViewOptions): string {
  return view.colours.faint(`      ${stateText(change, view)}`);
}

/** `✓ delivered to bob: hello` */
export function stateText({ to, state, count, text }: StateChange, view: ViewOptions): string {
  const mark = count === 1 ? MARKS[state] : MARKS[state].replace(' ', ` ${count} `);
  const isOpen = to === view.conversation || `group:${to}` === view.conversation;
  const name = isOpen ? '' : ` ${BEFORE_NAME[state]} ${sanitize(to)}`;
  const shownText = text === null ? '' : `: ${excerpt(text)}`;
  return `${mark}${name}${shownText}`;
}

function drawOpened({ user, online }: Answers['connect'], view: ViewOptions): string[] {
  const state = online ? 'online' : 'offline; messages are kept until they are delivered';
  return [`Conversation with ${shownName(user, view)} (${state}). Type /exit to close it.`];
}

function drawOutbox({ messages }: Answers['outbox'], view: ViewOptions): string[] {
  return messages.length === 0 ? ['All your messages are delivered.'] : outboxLines(messages, view);
}

function drawUnfetched({ downloads }: Answers['outbox'], view: ViewOptions): string[] {
  if (downloads === 0) return [];
  return [typedHere(`${counted(downloads, 'download')} not complete. Type: downloads`, view)];
}

/** Messages that the client still has to send. Those held by the server need nothing more from it. */
export function drawUnsent({ waiting }: Answers['exit'], view: ViewOptions): string[] {
  const queued = waiting.filter(({ state }) => state === 'queued');
  if (queued.length === 0) return [];
  return [`${counted(queued.length, 'message')} queued; sent when you start again:`, ...outboxLines(queued, view)];
}

function outboxLines(messages: readonly OutboxMessage[], view: ViewOptions): string[] {
  const rows = messages.map(({ id, to, at, state, text, why }) => [
    id,
    clockTime(at, view.zone),
    sanitize(to),
    why === null ? state : `${state} (${sanitize(why)})`,
    excerpt(text),
  ]);
  return columns(rows, (cell, column) => (column === 2 ? shownName(cell, view) : cell));
}
