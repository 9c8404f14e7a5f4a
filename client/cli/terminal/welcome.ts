// How a terminal begins: who you are, what waits for you, and going online by itself. And how a conversation begins.

import type { Answers } from '../../../protocols/control/answer.js';
import type { Engine, Ready } from '../../../protocols/control/engine.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { who, type Look } from '../draw/look.js';
import { drawHistory } from '../draw/answers/messages.js';
import { drawRequests } from '../draw/answers/people.js';
import { drawRefusal } from '../draw/replies.js';
import { answered, type Reply, type Shell } from '../shell.js';

export interface WelcomeParts {
  readonly ready: Ready;
  readonly shell: Shell;
  readonly look: () => Look;
  readonly print: (lines: readonly string[]) => void;
  readonly replied: (reply: Reply) => void;
}

export async function welcome(parts: WelcomeParts): Promise<void> {
  const { ready, shell, look, print, replied } = parts;
  print(greeting(ready, look()));
  for (const line of ['/list', '/requests', '/online']) {
    const reply = await shell.run(line);
    if (!reply) continue;
    replied(reply);
    print(reply.ok ? whatWaits(reply, look()) : [drawRefusal(reply.refusal, look())]);
  }
}

function greeting({ version, tcp }: Ready, look: Look): string[] {
  return [
    `Kith ${version}. You are ${who(look.me, look)}; friends reach you at port ${tcp}.`,
    'Type help for all commands, connect <user> to talk, exit to leave.',
  ];
}

/** Only what wants something of the person: unread messages, requests, or the first friend. */
function whatWaits(reply: Reply, look: Look): string[] {
  const friends = answered(reply, 'list')?.data.friends;
  if (friends?.length === 0) return ['No friends yet. Type: add <user>'];
  const unread = (friends ?? []).filter((friend) => friend.unread > 0);
  const unreadLines = unread.map(
    ({ user, unread: count }) => `${count} unread from ${who(user, look)}. Type: connect ${user}`,
  );
  const requests = answered(reply, 'requests')?.data;
  return requests && requests.requests.length > 0 ? drawRequests(requests, look) : unreadLines;
}

/** The last lines of a conversation that was just opened: at least those that nobody has read yet, within a bound. */
export async function pastLines(
  { engine, look }: { engine: Engine; look: () => Look },
  { user, unread, meant }: Pick<Answers['connect'], 'user' | 'unread'> & { meant?: 'group' },
): Promise<string[]> {
  const limit = Math.min(Math.max(unread, LIMITS.connectHistoryLines), LIMITS.connectHistoryLinesMax);
  const answer = await engine.command({ type: 'history', user, limit, before: null, ...(meant ? { meant } : {}) });
  const past = answer.ok ? (answer.data as Answers['history']) : { messages: [] };
  return past.messages.length > 0 ? drawHistory(past, look()) : [];
}
