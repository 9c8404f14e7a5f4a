// Builds the next view from promises [VIEW-5 … 8]: who is in it, and what remains to be delivered of the closing one.

import { hasBit } from '../link/neighbours.js';
import type { Message } from '../order/message.js';
import type { Position } from '../order/ledger.js';
import type { Accepted } from './acceptor.js';
import { compareBallots, majorityOf, membersOf, type Ballot, type Decision } from './decision.js';

/** `report`: null where it has no state. `hasLost`: it proves that what it had of the closing view is gone. */
export interface Promised {
  readonly boot: number;
  readonly accepted: Accepted | null;
  readonly report: Report | null;
  readonly hasLost: boolean;
  readonly position: Position;
  readonly alive: number;
}

export interface Report {
  readonly received: readonly number[];
  readonly messages: readonly Message[];
}

export type Promises = ReadonlyMap<number, Promised>;

/** The value that may have been decided already: the accepted one of the highest ballot [VIEW-4]. */
export function alreadyAccepted(promises: Promises): Decision | null {
  let best: Accepted | null = null;
  for (const { accepted } of promises.values()) {
    if (accepted && (!best || compareBallots(accepted.ballot, best.ballot) > 0)) best = accepted;
  }
  return best?.decision ?? null;
}

/** True iff every member of the closing view has shown that its state is gone [VIEW-8]. */
export function isAllLost(closing: Decision, promises: Promises): boolean {
  return membersOf(closing).every((member) => {
    const promised = promises.get(member);
    return promised !== undefined && (promised.boot !== closing.boots[member] || promised.hasLost);
  });
}

/** Members of the closing view that answered with their state. */
export function reportersOf(closing: Decision, promises: Promises): number[] {
  const hasState = ([index, { report, boot }]: [number, Promised]) => report !== null && closing.boots[index] === boot;
  return [...promises].filter(hasState).map(([index]) => index);
}

export interface Plan {
  readonly self: number;
  readonly ballot: Ballot;
  readonly closing: Decision;
  readonly promises: Promises;
  /** Those who have the state of the closing view, or a snapshot of it. */
  readonly eligible: readonly number[];
  readonly isFresh: boolean;
}

/** Null where those who hear each other are no majority. */
export function buildDecision({ self, ballot, closing, promises, eligible, isFresh }: Plan): Decision | null {
  const size = closing.boots.length;
  const reporters = reportersOf(closing, promises);
  const members = clique(byMerit(eligible, self, reporters), promises);
  if (members.length < majorityOf(size)) return null;
  const boots = closing.boots.map((_, index) => (members.includes(index) ? (promises.get(index)?.boot ?? 0) : 0));
  const reports = isFresh ? [] : reporters.flatMap((index) => promises.get(index)?.report ?? []);
  const cut = boots.map((_, index) => Math.max(0, ...reports.map(({ received }) => received[index] ?? 0)));
  return { view: closing.view + 1, boots, builtBy: ballot, cut, tail: tailOf(reports), isFresh };
}

/** Ourselves, then those with state, then the rest. */
function byMerit(eligible: readonly number[], self: number, reporters: readonly number[]): number[] {
  const merit = (index: number) => (index === self ? 0 : reporters.includes(index) ? 1 : 2);
  return [...eligible].sort((a, b) => merit(a) - merit(b) || a - b);
}

/** As many as all hear each other, the first ones first [VIEW-7]. */
function clique(candidates: readonly number[], promises: Promises): number[] {
  const hears = (who: number, whom: number) => hasBit(promises.get(who)?.alive ?? 0, whom);
  const members: number[] = [];
  for (const each of candidates) {
    if (members.every((member) => hears(member, each) && hears(each, member))) members.push(each);
  }
  return members;
}

function tailOf(reports: readonly Report[]): Message[] {
  const tail = new Map<string, Message>();
  for (const { messages } of reports)
    for (const message of messages) tail.set(`${message.from} ${message.seq}`, message);
  return [...tail.values()];
}
