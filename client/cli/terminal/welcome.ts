// How a terminal begins: who you are, what waits for you, and going online by itself. And how a conversation begins.

import type { Answers } from '../../../protocols/control/answer.js';
import type { ClientApi, Ready } from '../../../protocols/control/client-api.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { shownName, type ViewOptions } from '../draw/view-options.js';
import { drawHistory } from '../draw/answers/messages.js';
import { drawRequests } from '../draw/answers/people.js';
import { drawRefusal } from '../draw/results.js';
import { resultOf, type CommandResult, type CommandRunner } from '../command-runner.js';

export interface WelcomeOptions {
  readonly ready: Ready;
  readonly runner: CommandRunner;
  readonly view: () => ViewOptions;
  readonly print: (lines: readonly string[]) => void;
  readonly replied: (reply: CommandResult) => void;
}

export async function welcome(parts: WelcomeOptions): Promise<void> {
  const { ready, runner: runner, view: view, print, replied } = parts;
  print(greeting(ready, view()));
  for (const line of ['/list', '/requests', '/online']) {
    const reply = await runner.run(line);
    if (!reply) continue;
    replied(reply);
    print(reply.ok ? whatWaits(reply, view()) : [drawRefusal(reply.refusal, view())]);
  }
}

function greeting({ version, tcp }: Ready, view: ViewOptions): string[] {
  return [
    `Kith ${version}. You are ${shownName(view.me, view)}; friends reach you at port ${tcp}.`,
    'Type help for all commands, connect <user> to talk, exit to leave.',
  ];
}

/** Only what wants something of the person: unread messages, requests, or the first friend. */
function whatWaits(reply: CommandResult, view: ViewOptions): string[] {
  const friends = resultOf(reply, 'list')?.data.friends;
  if (friends?.length === 0) return ['No friends yet. Type: add <user>'];
  const unread = (friends ?? []).filter((friend) => friend.unread > 0);
  const unreadLines = unread.map(
    ({ user, unread: count }) => `${count} unread from ${shownName(user, view)}. Type: connect ${user}`,
  );
  const requests = resultOf(reply, 'requests')?.data;
  return requests && requests.requests.length > 0 ? drawRequests(requests, view) : unreadLines;
}

/** The last lines of a conversation that was just opened: at least those that nobody has read yet, within a bound. */
export async function recentHistory(
  { api, view }: { api: ClientApi; view: () => ViewOptions },
  { user, unread, meant }: Pick<Answers['connect'], 'user' | 'unread'> & { meant?: 'group' },
): Promise<string[]> {
  const limit = Math.min(Math.max(unread, LIMITS.connectHistoryLines), LIMITS.connectHistoryLinesMax);
  const answer = await api.command({
    type: 'history',
    user,
    limit,
    before: null,
    ...(meant ? { nameKind: meant } : {}),
  });
  const past = answer.ok ? (answer.data as Answers['history']) : { messages: [] };
  return past.messages.length > 0 ? drawHistory(past, view()) : [];
}
