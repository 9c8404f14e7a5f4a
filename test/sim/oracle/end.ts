// What must hold once all trouble is over and everybody has had time, judged by what each user can see.

import type { FriendSummary } from '../../../protocols/control/commands/people.js';
import type { HistoryMessage, OutboxMessage } from '../../../protocols/control/commands/messages.js';
import type { SentMessages, SentMessage } from './sent-messages.js';

/** All that a user sees of the world by asking the client. */
export interface UserView {
  readonly user: string;
  readonly friends: readonly FriendSummary[];
  /** By the other's name; oldest first. */
  readonly histories: ReadonlyMap<string, readonly HistoryMessage[]>;
  readonly outbox: readonly OutboxMessage[];
  /** Who asks this user to be friends. */
  readonly requests: readonly string[];
}

/** What excuses a user or a pair. */
export interface Exemptions {
  readonly isByzantine: (user: string) => boolean;
  /** They may not know what they are to each other. */
  readonly mayDisagree: (a: string, b: string) => boolean;
  /** They need not get back what they said. */
  readonly haveParted: (a: string, b: string) => boolean;
  /** An old copy was put back and found out. */
  readonly wasRecovered: (user: string) => boolean;
}

const NONE: Exemptions = {
  isByzantine: () => false,
  mayDisagree: () => false,
  haveParted: () => false,
  wasRecovered: () => false,
};

/** All violations, in words. Nothing is asked of conversations with a liar, but that nobody else suffers by them. */
export function judgeEnd(views: readonly UserView[], sent: SentMessages, circumstances = NONE): string[] {
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

/** [G2] Of what was promised and not cancelled: once in both histories. [G3] Nothing of it waits any more. */
function allArrived(mine: UserView, theirs: UserView, sent: SentMessages): string[] {
  const here = linesByText(mine, theirs.user);
  const there = linesByText(theirs, mine.user);
  const mustArrive = [...here.keys()].map((text) => sent.withText(text)).filter((said) => said !== null);
  const chats = mustArrive.filter((said) => said.author === mine.user && said.kind === 'chat');
  return chats.flatMap((said) => {
    const line = here.get(said.text)?.[0];
    if (said.isDoubtful || line?.state === 'cancelled') return [];
    const copies = there.get(said.text)?.length ?? 0;
    const isRight = copies === 1 || (copies > 1 && said.isRepeatable);
    const arrived = isRight
      ? []
      : [`[G2] ${theirs.user} has ${copies} of "${brief(said)}", ${line?.state ?? 'missing'}`];
    const isKnown = line?.state === 'delivered' || line?.state === 'read';
    return isKnown ? arrived : [...arrived, `[G3] "${brief(said)}" is ${line?.state ?? 'missing'} at ${mine.user}`];
  });
}

/** [CHAT-19] Whatever a friend has of what was lost is back. */
function allBack(mine: UserView, theirs: UserView): string[] {
  const here = linesByText(mine, theirs.user);
  const lines = (theirs.histories.get(mine.user) ?? []).filter(
    ({ kind, state }) => kind === 'chat' && state !== 'cancelled',
  );
  return lines
    .filter(({ text }) => !here.has(text))
    .map(({ text }) => `[CHAT-19] ${mine.user} has not got back "${text.slice(0, 60)}", which ${theirs.user} has`);
}

/** [G2] Both histories tell one story: what both have stands in the same order. */
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
    const said = sent.withText(text);
    return !said?.isDoubtful && !said?.isRepeatable && !said?.isMisplaced;
  });
}

/** [G2] Each author's words stand as they were written. */
function authorsInOrder(view: UserView, peer: UserView, sent: SentMessages): string[] {
  const last = new Map<string, number>();
  return orderOf(view, peer.user, sent).flatMap((text) => {
    const said = sent.withText(text);
    if (!said || said.kind !== 'chat') return [];
    const before = last.get(said.author) ?? 0;
    last.set(said.author, said.nth);
    return said.nth > before ? [] : [`[G2] ${view.user} has number ${said.nth} of ${said.author} after ${before}`];
  });
}

/** [G2] Nothing stands in any history twice. */
function nothingTwice(view: UserView, sent: SentMessages): string[] {
  return [...view.histories.keys()].flatMap((peer) =>
    [...linesByText(view, peer)]
      .filter(([text, copies]) => copies.length > 1 && !sent.withText(text)?.isRepeatable)
      .map(([text, copies]) => `[G2] ${view.user} has ${copies.length} of "${text.slice(0, 60)}"`),
  );
}

/** [G1] What the author was promised is in the author's history, once, friends or not. */
function promisesKept(view: UserView, sent: SentMessages): string[] {
  const judged = sent.promisedBy(view.user).filter(({ to, isLost }) => view.histories.has(to) && !isLost);
  return judged.flatMap((said) => {
    const copies = linesByText(view, said.to).get(said.text)?.length ?? 0;
    const isRight = copies === 1 || (copies > 1 && said.isRepeatable);
    return isRight ? [] : [`[G1] ${view.user} has ${copies} of "${brief(said)}", which was promised`];
  });
}

/** [G4] Every line is by whom it says, and in the conversation of its two people; nothing refused is anywhere. */
function nothingFalse(view: UserView, sent: SentMessages): string[] {
  return [...view.histories].flatMap(([peer, lines]) =>
    lines.flatMap((line) => {
      const said = sent.withText(line.text);
      if (!said) return [`[G4] ${view.user} has a line that nobody wrote: ${line.text}`];
      const isTheirs =
        said.author === line.from && [said.author, said.to].sort().join() === [view.user, peer].sort().join();
      if (!isTheirs)
        return [`[G4] ${view.user} has "${brief(said)}" of ${said.author} as by ${line.from}, with ${peer}`];
      return said.kind === 'chat' && said.isRefused
        ? [`[G1] "${brief(said)}" was refused, yet ${view.user} has it`]
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

function brief(said: SentMessage): string {
  return said.text.slice(0, 60);
}
