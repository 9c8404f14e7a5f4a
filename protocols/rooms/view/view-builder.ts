// Builds a decision from promises [VIEW-5 … 8]: the members of the next view, the cut and the tail of the closing one.

import { hasBit } from '../link/server-links.js';
import type { OrderedMessage } from '../order/message.js';
import type { LogPosition } from '../order/delivery-log.js';
import type { AcceptedProposal } from './acceptor.js';
import { compareBallots, majorityOf, viewMembers, type Ballot, type ViewDecision } from './view-decision.js';

/** `report`: null if the server has no state. `hasLost`: proves that it lost its state of the closing view. */
export interface PromiseReply {
  readonly boot: number;
  readonly accepted: AcceptedProposal | null;
  readonly report: StateReport | null;
  readonly hasLost: boolean;
  readonly position: LogPosition;
  readonly alive: number;
}

export interface StateReport {
  readonly received: readonly number[];
  readonly messages: readonly OrderedMessage[];
}

export type PromiseReplies = ReadonlyMap<number, PromiseReply>;

/** The accepted value of the highest ballot: it may have been decided already [VIEW-4]. */
export function highestAccepted(promises: PromiseReplies): ViewDecision | null {
  let best: AcceptedProposal | null = null;
  for (const { accepted } of promises.values()) {
    if (accepted && (!best || compareBallots(accepted.ballot, best.ballot) > 0)) best = accepted;
  }
  return best?.decision ?? null;
}

/** True iff every member of the closing view has proven that it lost its state [VIEW-8]. */
export function isAllLost(closing: ViewDecision, promises: PromiseReplies): boolean {
  return viewMembers(closing).every((member) => {
    const promised = promises.get(member);
    return promised !== undefined && (promised.boot !== closing.boots[member] || promised.hasLost);
  });
}

/** Members of the closing view whose promise reports state. */
export function reportersOf(closing: ViewDecision, promises: PromiseReplies): number[] {
  const hasState = ([index, { report, boot }]: [number, PromiseReply]) =>
    report !== null && closing.boots[index] === boot;
  return [...promises].filter(hasState).map(([index]) => index);
}

export interface ViewPlan {
  readonly self: number;
  readonly ballot: Ballot;
  readonly closing: ViewDecision;
  readonly promises: PromiseReplies;
  /** Servers that have the state of the closing view, or a snapshot of it. */
  readonly eligible: readonly number[];
  readonly isFresh: boolean;
}

/** Null if the servers that hear each other are not a majority. */
export function buildDecision({ self, ballot, closing, promises, eligible, isFresh }: ViewPlan): ViewDecision | null {
  const size = closing.boots.length;
  const reporters = reportersOf(closing, promises);
  const members = connectedMembers(byPreference(eligible, self, reporters), promises);
  if (members.length < majorityOf(size)) return null;
  const boots = closing.boots.map((_, index) => (members.includes(index) ? (promises.get(index)?.boot ?? 0) : 0));
  const reports = isFresh ? [] : reporters.flatMap((index) => promises.get(index)?.report ?? []);
  const cut = boots.map((_, index) => Math.max(0, ...reports.map(({ received }) => received[index] ?? 0)));
  return { view: closing.view + 1, boots, builtBy: ballot, cut, tail: tailOf(reports), isFresh };
}

/** This server first, then servers with state, then the others. */
function byPreference(eligible: readonly number[], self: number, reporters: readonly number[]): number[] {
  const rank = (index: number) => (index === self ? 0 : reporters.includes(index) ? 1 : 2);
  return [...eligible].sort((a, b) => rank(a) - rank(b) || a - b);
}

/** A set of servers that all hear each other, chosen greedily from the front [VIEW-7]. */
function connectedMembers(candidates: readonly number[], promises: PromiseReplies): number[] {
  const hears = (listener: number, speaker: number) => hasBit(promises.get(listener)?.alive ?? 0, speaker);
  const members: number[] = [];
  for (const each of candidates) {
    if (members.every((member) => hears(member, each) && hears(each, member))) members.push(each);
  }
  return members;
}

function tailOf(reports: readonly StateReport[]): OrderedMessage[] {
  const tail = new Map<string, OrderedMessage>();
  for (const { messages } of reports)
    for (const message of messages) tail.set(`${message.from} ${message.seq}`, message);
  return [...tail.values()];
}
