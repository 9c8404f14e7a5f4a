// What must hold once all trouble is over and everybody has had time, judged by what each user can see.

import type { FriendSummary, HistoryMessage, OutboxMessage } from '../../../protocols/control/answer.js';
import type { Ledger, Said } from './ledger.js';

/** All that a user sees of the world by asking the client. */
export interface View {
  readonly user: string;
  readonly friends: readonly FriendSummary[];
  /** By the other's name; oldest first. */
  readonly histories: ReadonlyMap<string, readonly HistoryMessage[]>;
  readonly outbox: readonly OutboxMessage[];
  /** Who asks this user to be friends. */
  readonly requests: readonly string[];
}

/** What excuses a user or a pair. */
export interface Circumstances {
  readonly isLiar: (user: string) => boolean;
  /** They may not know what they are to each other. */
  readonly areEstranged: (a: string, b: string) => boolean;
  /** They need not get back what they said. */
  readonly areParted: (a: string, b: string) => boolean;
  /** An old copy was put back and found out. */
  readonly wasMended: (user: string) => boolean;
}

const NONE: Circumstances = {
  isLiar: () => false,
  areEstranged: () => false,
  areParted: () => false,
  wasMended: () => false,
};

/** All violations, in words. Nothing is asked of conversations with a liar, but that nobody else suffers by them. */
export function judgeEnd(views: readonly View[], ledger: Ledger, circumstances = NONE): string[] {
  const { isLiar } = circumstances;
  const violations: string[] = [];
  for (const mine of views.filter(({ user }) => !isLiar(user)).map((view) => withoutLiars(view, isLiar))) {
    violations.push(...promisesKept(mine, ledger), ...nothingFalse(mine, ledger), ...nothingTwice(mine, ledger));
    const others = views.filter(({ user }) => user !== mine.user && !isLiar(user));
    for (const theirs of others) violations.push(...judgePair(mine, theirs, { ledger, circumstances }));
  }
  return violations;
}

function withoutLiars(view: View, isLiar: Circumstances['isLiar']): View {
  return { ...view, histories: new Map([...view.histories].filter(([peer]) => !isLiar(peer))) };
}

interface Court {
  readonly ledger: Ledger;
  readonly circumstances: Circumstances;
}

function judgePair(mine: View, theirs: View, { ledger, circumstances }: Court): string[] {
  const [here, there] = [stateOf(mine, theirs.user), stateOf(theirs, mine.user)];
  if (here === 'blocked' || there === 'blocked') return [];
  const areFriends = here === 'friend' && there === 'friend';
  if (!areFriends && circumstances.areEstranged(mine.user, theirs.user)) return [];
  if (here === 'friend' && there !== 'friend') {
    return [`[G4] ${mine.user} counts ${theirs.user} as a friend, who says: ${there ?? 'nothing'}`];
  }
  if (here === 'asked' && !theirs.requests.includes(mine.user)) {
    return [`[G3] ${mine.user} has asked ${theirs.user}, who does not know`];
  }
  if (here !== 'friend') return [];
  const common = [...isPresent(mine, theirs), ...sameOrder(mine, theirs, ledger)];
  if (circumstances.areParted(mine.user, theirs.user)) return common;
  const ordered = authorsInOrder(mine, theirs, ledger);
  const back = circumstances.wasMended(mine.user) ? allBack(mine, theirs) : [];
  return [...common, ...ordered, ...allArrived(mine, theirs, ledger), ...back];
}

function stateOf(view: View, user: string): FriendSummary['state'] | null {
  return view.friends.find((line) => line.user === user)?.state ?? null;
}

function isPresent(mine: View, theirs: View): string[] {
  const line = mine.friends.find(({ user }) => user === theirs.user);
  return line?.online ? [] : [`[presence] ${mine.user} does not see that ${theirs.user} is online`];
}

/** [G2] Of what was promised and not cancelled: once in both histories. [G3] Nothing of it waits any more. */
function allArrived(mine: View, theirs: View, ledger: Ledger): string[] {
  const here = linesByText(mine, theirs.user);
  const there = linesByText(theirs, mine.user);
  const mustArrive = [...here.keys()].map((text) => ledger.ofText(text)).filter((said) => said !== null);
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
function allBack(mine: View, theirs: View): string[] {
  const here = linesByText(mine, theirs.user);
  const lines = (theirs.histories.get(mine.user) ?? []).filter(
    ({ kind, state }) => kind === 'chat' && state !== 'cancelled',
  );
  return lines
    .filter(({ text }) => !here.has(text))
    .map(({ text }) => `[CHAT-19] ${mine.user} has not got back "${text.slice(0, 60)}", which ${theirs.user} has`);
}

/** [G2] Both histories tell one story: what both have stands in the same order. */
function sameOrder(mine: View, theirs: View, ledger: Ledger): string[] {
  if (mine.user > theirs.user) return [];
  const here = orderOf(mine, theirs.user, ledger);
  const there = orderOf(theirs, mine.user, ledger);
  const [textsHere, textsThere] = [new Set(here), new Set(there)];
  const one = here.filter((text) => textsThere.has(text)).join('\n');
  const other = there.filter((text) => textsHere.has(text)).join('\n');
  return one === other ? [] : [`[G2] the histories of ${mine.user} and ${theirs.user} differ in order`];
}

function orderOf(view: View, peer: string, ledger: Ledger): string[] {
  const texts = (view.histories.get(peer) ?? []).map(({ text }) => text);
  return texts.filter((text) => {
    const said = ledger.ofText(text);
    return !said?.isDoubtful && !said?.isRepeatable && !said?.isMisplaced;
  });
}

/** [G2] Each author's words stand as they were written. */
function authorsInOrder(view: View, peer: View, ledger: Ledger): string[] {
  const last = new Map<string, number>();
  return orderOf(view, peer.user, ledger).flatMap((text) => {
    const said = ledger.ofText(text);
    if (!said || said.kind !== 'chat') return [];
    const before = last.get(said.author) ?? 0;
    last.set(said.author, said.nth);
    return said.nth > before ? [] : [`[G2] ${view.user} has number ${said.nth} of ${said.author} after ${before}`];
  });
}

/** [G2] Nothing stands in any history twice. */
function nothingTwice(view: View, ledger: Ledger): string[] {
  return [...view.histories.keys()].flatMap((peer) =>
    [...linesByText(view, peer)]
      .filter(([text, copies]) => copies.length > 1 && !ledger.ofText(text)?.isRepeatable)
      .map(([text, copies]) => `[G2] ${view.user} has ${copies.length} of "${text.slice(0, 60)}"`),
  );
}

/** [G1] What the author was promised is in the author's history, once, friends or not. */
function promisesKept(view: View, ledger: Ledger): string[] {
  const judged = ledger.promisedBy(view.user).filter(({ to, isLost }) => view.histories.has(to) && !isLost);
  return judged.flatMap((said) => {
    const copies = linesByText(view, said.to).get(said.text)?.length ?? 0;
    const isRight = copies === 1 || (copies > 1 && said.isRepeatable);
    return isRight ? [] : [`[G1] ${view.user} has ${copies} of "${brief(said)}", which was promised`];
  });
}

/** [G4] Every line is by whom it says, and in the conversation of its two people; nothing refused is anywhere. */
function nothingFalse(view: View, ledger: Ledger): string[] {
  return [...view.histories].flatMap(([peer, lines]) =>
    lines.flatMap((line) => {
      const said = ledger.ofText(line.text);
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

function linesByText(view: View, peer: string): Map<string, HistoryMessage[]> {
  const byText = new Map<string, HistoryMessage[]>();
  for (const line of view.histories.get(peer) ?? []) {
    const copies = byText.get(line.text);
    if (copies) copies.push(line);
    else byText.set(line.text, [line]);
  }
  return byText;
}

function brief(said: Said): string {
  return said.text.slice(0, 60);
}
