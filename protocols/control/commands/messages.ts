// Commands about messages between two people: conversations, quick messages, history, search, the outbox.

import { hasVisibleText } from '../../kit/text/visible-text.js';
import { byteLength } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import type { Instant } from '../../kit/machine.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { CommandsOf, Nothing } from '../command-map.js';
import { messageProblem, nameOf, pageOf, timeOf, userOrGroup, type NameKind, type Page } from '../line/checks.js';
import { ID, NO_ARGUMENTS, PAGE_FLAGS, PLACE, TEXT, USER, type CommandEntry } from '../line/grammar.js';
import type { ParsedArguments } from '../line/grammar.js';

/** States of a message, in the order it passes through them. */
export const MESSAGE_STATES = ['queued', 'held', 'delivered', 'read'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/**
 * One message of a conversation. `at`: ISO 8601 UTC. `state`: of your own messages; a message of the other side is
 * `delivered` or `read`. `remembered`: only the other side says that you wrote it.
 */
export interface HistoryMessage {
  readonly id: string;
  readonly from: string;
  readonly text: string;
  readonly at: string;
  readonly kind: 'chat' | 'quick' | 'group';
  readonly state: MessageState | 'cancelled' | 'unconfirmed' | 'remembered';
  /** True if an earlier message is missing before it. */
  readonly gap?: boolean;
  /** In the state `remembered`: who says so. */
  readonly rememberedBy?: string;
  /** The author is not the user you know: the fingerprint of the author's key in the group. */
  readonly otherKey?: string;
}

/** A message that a search found. `in`: the user or group of its conversation. */
export interface FoundMessage extends HistoryMessage {
  readonly in: string;
}

/** A message that is not delivered. `at`, `nextTry`: ISO 8601 UTC. `why`: the last refusal, or null. */
export interface OutboxMessage {
  readonly id: string;
  readonly to: string;
  readonly text: string;
  readonly at: string;
  readonly state: 'queued' | 'held';
  readonly nextTry: string | null;
  readonly why: string | null;
}

/** `from`, `in`: canonical names. `inKind`: `in` was typed as `group:lake`. `before`: ms since 1970. */
interface SearchQuery {
  words: readonly string[];
  from: string | null;
  in: string | null;
  inKind?: 'group';
  before: Instant | null;
}

export interface MessageCommandMap {
  connect: { command: { user: string }; answer: { user: string; online: boolean; unread: number } };
  /** Sent by the user interface when a conversation is closed; no line of the table. */
  leave: { command: Nothing; answer: Nothing };
  say: { command: { user: string; text: string }; answer: { id: string; state: MessageState } };
  message: { command: { user: string; text: string }; answer: { id: string; state: 'delivered' } };
  history: { command: { user: string; nameKind?: NameKind } & Page; answer: { messages: HistoryMessage[] } };
  search: { command: SearchQuery; answer: { messages: FoundMessage[] } };
  /** `downloads`: how many are not complete. */
  outbox: { command: Nothing; answer: { messages: OutboxMessage[]; downloads: number } };
  cancel: { command: { id: string }; answer: { id: string } };
}

type MessageCommand = CommandsOf<MessageCommandMap>;

/** A name as typed, with its kind where it was typed. */
type Place = ReturnType<typeof userOrGroup>;

/** What `connect` and `say` mean with `group:lake`: the commands `group` and `broadcast`. */
type ToGroup = { type: 'group'; group: string } | { type: 'broadcast'; group: string; text: string };

const MESSAGES = { ...NO_ARGUMENTS, section: 'Messages' } as const;
const USER_AND_TEXT = { ...MESSAGES, arguments: [USER, TEXT] };

export const MESSAGE_COMMANDS: readonly CommandEntry<MessageCommand | ToGroup>[] = [
  {
    ...MESSAGES,
    name: 'connect',
    arguments: [PLACE],
    summary: 'open a conversation: every line you type is sent, until /exit',
    example: 'connect bob',
    parse: ({ word }) => connect(userOrGroup(word('user'))),
  },
  {
    ...MESSAGES,
    name: 'say',
    arguments: [PLACE, TEXT],
    summary: 'send one message; it is kept until it is delivered',
    example: 'say bob see you at eight',
    parse: ({ word }) => sayTo(userOrGroup(word('user')), word('text')),
  },
  {
    ...USER_AND_TEXT,
    name: 'message',
    summary: 'send one quick message by UDP: it arrives now or fails',
    example: 'message bob look outside',
    parse: ({ word }) => quickMessage(word('user'), word('text')),
  },
  {
    ...MESSAGES,
    name: 'history',
    arguments: [{ kind: 'party', name: 'user' }],
    flags: PAGE_FLAGS,
    summary: 'show a conversation, the oldest message first',
    example: 'history bob --limit 20',
    parse: history,
  },
  {
    ...MESSAGES,
    name: 'search',
    arguments: [{ kind: 'words', name: 'words' }],
    flags: [
      { name: 'from:', value: 'U' },
      { name: 'in:', value: 'G' },
      { name: 'before:', value: 'DATE' },
    ],
    summary: 'find messages that have all the words, the newest first',
    example: 'search lake boat from:bob before:2026-11-20',
    parse: search,
  },
  {
    ...MESSAGES,
    name: 'outbox',
    summary: 'list your messages that are not delivered, and count downloads that are not complete',
    example: 'outbox',
    parse: () => ({ type: 'outbox' }),
  },
  {
    ...MESSAGES,
    name: 'cancel',
    arguments: [ID],
    summary: 'take back a message that is not delivered, or stop a download or an upload',
    example: 'cancel q3JYw0kEo1q5hZ2xT9uV7g',
    parse: ({ word }) => ({ type: 'cancel', id: word('id') }),
  },
];

function connect({ user, nameKind }: Place): MessageCommand | ToGroup {
  return nameKind === 'group' ? { type: 'group', group: user } : { type: 'connect', user };
}

function sayTo({ user, nameKind }: Place, text: string): Outcome<MessageCommand | ToGroup> {
  if (nameKind !== 'group') return say(user, text);
  return messageProblem(text) ?? { type: 'broadcast', group: user, text };
}

/** One message to a friend. Lines typed in a conversation become this too. */
export function say(user: string, text: string): Outcome<MessageCommand> {
  return messageProblem(text) ?? { type: 'say', user, text };
}

function quickMessage(user: string, text: string): Outcome<MessageCommand> {
  if (!hasVisibleText(text)) return new Refusal('TEXT_EMPTY');
  if (byteLength(text) > LIMITS.quickTextBytes) return new Refusal('QUICK_TOO_LONG', user);
  return { type: 'message', user, text };
}

function history({ word, flag }: ParsedArguments): MessageCommand | null {
  const page = pageOf(flag, { usual: LIMITS.historyPage, max: LIMITS.historyPageMax });
  return page && { type: 'history', ...userOrGroup(word('user')), ...page };
}

/** Null if no word is left, there are too many, or the date is none. */
function search({ words, flag }: ParsedArguments): Outcome<MessageCommand> | null {
  const [from, within] = [nameOf(flag('from:')), nameOf(flag('in:'))];
  if (from instanceof Refusal) return from;
  if (within instanceof Refusal) return within;
  const before = timeOf(flag('before:'));
  if (before === undefined || words.length === 0 || words.length > LIMITS.searchWordsMax) return null;
  const kind = flag('in:')?.startsWith('group:') === true ? { inKind: 'group' as const } : {};
  return { type: 'search', words, from, in: within, ...kind, before };
}
