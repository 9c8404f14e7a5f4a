// The first lines of a terminal (who you are, unread messages, requests) and of a conversation (recent messages).

import type { Answers } from '../../../protocols/control/answer.js';
import type { ClientApi, Ready } from '../../../protocols/control/client-api.js';
import type { NameKind } from '../../../protocols/control/line/checks.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { resultOf, type CommandResult, type CommandRunner } from '../command-runner.js';
import { drawHistory } from '../draw/answers/messages.js';
import { drawRequests } from '../draw/answers/people.js';
import { drawRefusal } from '../draw/results.js';
import { shownName, type ViewOptions } from '../draw/view-options.js';

export interface WelcomeOptions {
  readonly ready: Ready;
  readonly runner: CommandRunner;
  readonly view: () => ViewOptions;
  readonly print: (lines: readonly string[]) => void;
  readonly onResult: (result: CommandResult) => void;
}

export async function welcome({ ready, runner, view, print, onResult }: WelcomeOptions): Promise<void> {
  print(greeting(ready, view()));
  for (const line of ['/list', '/requests', '/online', '/groups']) {
    const result = await runner.run(line);
    if (!result) continue;
    onResult(result);
    if (!result.ok && result.refusal.code === 'DATA_DAMAGED') return; // said by an event
    print(result.ok ? toDo(result, view()) : [drawRefusal(result.refusal, view())]);
  }
}

function greeting({ version, tcp }: Ready, view: ViewOptions): string[] {
  return [
    `Kith ${version}. You are ${shownName(view.me, view)}${tcp === 0 ? '' : `; friends reach you at port ${tcp}`}.`,
    'Type help for all commands, connect <user> to open a conversation, exit to leave.',
  ];
}

/** Only what the person can act on: unread messages, requests, a first friend to add. */
function toDo(result: CommandResult, view: ViewOptions): string[] {
  const friends = resultOf(result, 'list')?.data.friends;
  if (friends?.length === 0) return ['No friends yet. Type: add <user>'];
  const groups = (resultOf(result, 'groups')?.data.groups ?? []).filter(({ mine, unread }) => mine && unread > 0);
  const inGroups = groups.map(
    ({ group, unread: count }) => `${count} unread in ${shownName(group, view)}. Type: group ${group}`,
  );
  const unread = (friends ?? []).filter((friend) => friend.unread > 0);
  const unreadLines = unread.map(
    ({ user, unread: count }) => `${count} unread from ${shownName(user, view)}. Type: connect ${user}`,
  );
  const requests = resultOf(result, 'requests')?.data;
  return requests && requests.requests.length > 0 ? drawRequests(requests, view) : [...unreadLines, ...inGroups];
}

/** The last messages of a conversation that was just opened: all unread ones, within a bound, and a few more. */
export async function recentHistory(
  { api, view }: { api: ClientApi; view: () => ViewOptions },
  { user, unread, nameKind }: Pick<Answers['connect'], 'user' | 'unread'> & { nameKind: NameKind },
): Promise<string[]> {
  const limit = Math.min(Math.max(unread, LIMITS.connectHistoryLines), LIMITS.connectHistoryLinesMax);
  const answer = await api.command({ type: 'history', user, nameKind, limit, before: null });
  const history = answer.ok ? (answer.data as Answers['history']) : { messages: [] };
  return history.messages.length > 0 ? drawHistory(history, view(), unread) : [];
}
