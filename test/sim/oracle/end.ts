// The final check: what must hold after all faults are over and all machines had time to converge.

import type { FriendSummary } from '../../../protocols/control/commands/people.js';
import type { HistoryMessage, OutboxMessage } from '../../../protocols/control/commands/messages.js';
import type { SentMessages, SentMessage } from './sent-messages.js';

/** Everything that a user can see through its client. */
export interface UserView {
  readonly user: string;
  readonly friends: readonly FriendSummary[];
  /** By the name of the other user; oldest first. */
  readonly histories: ReadonlyMap<string, readonly HistoryMessage[]>;
  readonly outbox: readonly OutboxMessage[];
  /** Names of users with a pending friend request to this user. */
  readonly requests: readonly string[];
}

/** Exemptions of users and pairs. */
export interface Exemptions {
  readonly isByzantine: (user: string) => boolean;
  /** The two users may disagree about their friendship. */
  readonly mayDisagree: (a: string, b: string) => boolean;
  /** The two users need not recover messages from each other. */
  readonly haveParted: (a: string, b: string) => boolean;
  /** A stale copy was restored and detected. */
  readonly wasRecovered: (user: string) => boolean;
}

export const NO_EXEMPTIONS: Exemptions = {
  isByzantine: () => false,
  mayDisagree: () => false,
  haveParted: () => false,
  wasRecovered: () => false,
};

/** All violations as text. Conversations with a byzantine user are not checked. */
export function judgeEnd(views: readonly UserView[], sent: SentMessages, circumstances = NO_EXEMPTIONS): string[] {
  const { isByzantine } = circumstances;
  const violations: string[] = [];
  for (const mine of views.filter(({ user }) => !isByzantine(user)).map((view) => withoutLiars(view, isByzantine))) {
    violations.push(...promisesKept(mine, sent), ...nothingFalse(mine, sent), ...nothingTwice(mine, sent));
    const others = views.filter(({ user }) => user !== mine.user && !isByzantine(user));
    for (const theirs of others) violations.push(...judgePair(mine, theirs, { sent, circumstances }));
  }
  return violations;
}

function withoutLiars(view: UserView, isByzantine: Exemptions['isByzantine']): UserView {
  return { ...view, histories: new Map([...view.histories].filter(([peer]) => !isByzantine(peer))) };
}

interface JudgeContext {
  readonly sent: SentMessages;
  readonly circumstances: Exemptions;
}

function judgePair(mine: UserView, theirs: UserView, { sent, circumstances }: JudgeContext): string[] {
  const [here, there] = [stateOf(mine, theirs.user), stateOf(theirs, mine.user)];
  if (here === 'blocked' || there === 'blocked') return [];
  const areFriends = here === 'friend' && there === 'friend';
  if (!areFriends && circumstances.mayDisagree(mine.user, theirs.user)) return [];
  if (here === 'friend' && there !== 'friend') {
    return [`[G4] ${mine.user} counts ${theirs.user} as a friend, who says: ${there ?? 'nothing'}`];
  }
  if (here === 'asked' && !theirs.requests.includes(mine.user)) {
    return [`[G3] ${mine.user} has asked ${theirs.user}, who does not know`];
  }
  if (here !== 'friend') return [];
  const common = [...isPresent(mine, theirs), ...sameOrder(mine, theirs, sent)];
  if (circumstances.haveParted(mine.user, theirs.user)) return common;
  const ordered = authorsInOrder(mine, theirs, sent);
  const back = circumstances.wasRecovered(mine.user) ? allBack(mine, theirs) : [];
  return [...common, ...ordered, ...allArrived(mine, theirs, sent), ...back];
}

function stateOf(view: UserView, user: string): FriendSummary['state'] | null {
  return view.friends.find((line) => line.user === user)?.state ?? null;
}

function isPresent(mine: UserView, theirs: UserView): string[] {
  const line = mine.friends.find(({ user }) => user === theirs.user);
  return line?.online ? [] : [`[presence] ${mine.user} does not see that ${theirs.user} is online`];
}

/** [G2] A confirmed message that was not cancelled is in both histories once. [G3] It is not queued any more. */
function allArrived(mine: UserView, theirs: UserView, sent: SentMessages): string[] {
  const here = linesByText(mine, theirs.user);
  const there = linesByText(theirs, mine.user);
  const mustArrive = [...here.keys()].map((text) => sent.withText(text)).filter((message) => message !== null);
  const chats = mustArrive.filter((message) => message.author === mine.user && message.kind === 'chat');
  return chats.flatMap((message) => {
    const line = here.get(message.text)?.[0];
    if (message.isDoubtful || line?.state === 'cancelled') return [];
    const copies = there.get(message.text)?.length ?? 0;
    const isRight = copies === 1 || (copies > 1 && message.isRepeatable);
    const arrived = isRight
      ? []
      : [`[G2] ${theirs.user} has ${copies} of "${brief(message)}", ${line?.state ?? 'missing'}`];
    const isKnown = line?.state === 'delivered' || line?.state === 'read';
    return isKnown ? arrived : [...arrived, `[G3] "${brief(message)}" is ${line?.state ?? 'missing'} at ${mine.user}`];
  });
}

/** [CHAT-19] All lost messages that a friend has are recovered. */
function allBack(mine: UserView, theirs: UserView): string[] {
  const here = linesByText(mine, theirs.user);
  const lines = (theirs.histories.get(mine.user) ?? []).filter(
    ({ kind, state }) => kind === 'chat' && state !== 'cancelled',
  );
  return lines
    .filter(({ text }) => !here.has(text))
    .map(({ text }) => `[CHAT-19] ${mine.user} has not got back "${text.slice(0, 60)}", which ${theirs.user} has`);
}

/** [G2] Messages that are in both histories have the same order. */
function sameOrder(mine: UserView, theirs: UserView, sent: SentMessages): string[] {
  if (mine.user > theirs.user) return [];
  const here = orderOf(mine, theirs.user, sent);
  const there = orderOf(theirs, mine.user, sent);
  const [textsHere, textsThere] = [new Set(here), new Set(there)];
  const one = here.filter((text) => textsThere.has(text)).join('\n');
  const other = there.filter((text) => textsHere.has(text)).join('\n');
  return one === other ? [] : [`[G2] the histories of ${mine.user} and ${theirs.user} differ in order`];
}

function orderOf(view: UserView, peer: string, sent: SentMessages): string[] {
  const texts = (view.histories.get(peer) ?? []).map(({ text }) => text);
  return texts.filter((text) => {
    const message = sent.withText(text);
    return !message?.isDoubtful && !message?.isRepeatable && !message?.isMisplaced;
  });
}

/** [G2] The messages of each author are in the order in which they were sent. */
function authorsInOrder(view: UserView, peer: UserView, sent: SentMessages): string[] {
  const last = new Map<string, number>();
  return orderOf(view, peer.user, sent).flatMap((text) => {
    const message = sent.withText(text);
    if (!message || message.kind !== 'chat') return [];
    const before = last.get(message.author) ?? 0;
    last.set(message.author, message.nth);
    return message.nth > before
      ? []
      : [`[G2] ${view.user} has number ${message.nth} of ${message.author} after ${before}`];
  });
}

/** [G2] No message is in a history twice. */
function nothingTwice(view: UserView, sent: SentMessages): string[] {
  return [...view.histories.keys()].flatMap((peer) =>
    [...linesByText(view, peer)]
      .filter(([text, copies]) => copies.length > 1 && !sent.withText(text)?.isRepeatable)
      .map(([text, copies]) => `[G2] ${view.user} has ${copies.length} of "${text.slice(0, 60)}"`),
  );
}

/** [G1] Every confirmed message is in the history of its author once, whether still friends or not. */
function promisesKept(view: UserView, sent: SentMessages): string[] {
  const judged = sent.promisedBy(view.user).filter(({ to, isLost }) => view.histories.has(to) && !isLost);
  return judged.flatMap((message) => {
    const copies = linesByText(view, message.to).get(message.text)?.length ?? 0;
    const isRight = copies === 1 || (copies > 1 && message.isRepeatable);
    return isRight ? [] : [`[G1] ${view.user} has ${copies} of "${brief(message)}", which was promised`];
  });
}

/** [G4] Every line has its real author and is in the conversation of its two users. No refused message is stored. */
function nothingFalse(view: UserView, sent: SentMessages): string[] {
  return [...view.histories].flatMap(([peer, lines]) =>
    lines.flatMap((line) => {
      const message = sent.withText(line.text);
      if (!message) return [`[G4] ${view.user} has a line that no user wrote: ${line.text}`];
      const isTheirs =
        message.author === line.from && [message.author, message.to].sort().join() === [view.user, peer].sort().join();
      if (!isTheirs)
        return [`[G4] ${view.user} has "${brief(message)}" of ${message.author} as by ${line.from}, with ${peer}`];
      return message.kind === 'chat' && message.isRefused
        ? [`[G1] "${brief(message)}" was refused, yet ${view.user} has it`]
        : [];
    }),
  );
}

function linesByText(view: UserView, peer: string): Map<string, HistoryMessage[]> {
  const byText = new Map<string, HistoryMessage[]>();
  for (const line of view.histories.get(peer) ?? []) {
    const copies = byText.get(line.text);
    if (copies) copies.push(line);
    else byText.set(line.text, [line]);
  }
  return byText;
}

function brief(message: SentMessage): string {
  return message.text.slice(0, 60);
}
