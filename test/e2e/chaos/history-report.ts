// Compares the histories of two senders: confirmed messages are not lost, no message is duplicated, and each sender's
// order is kept.

import type { HistoryMessage } from '../../../protocols/control/commands/messages.js';
import type { MessageSender } from './message-sender.js';

/** Counts over both histories. `differing`: any other difference between them, such as in a text. */
export interface HistoryReport {
  readonly confirmed: number;
  readonly unconfirmed: number;
  readonly delivered: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly misordered: number;
  readonly differing: number;
}

export async function compareHistories(one: MessageSender, other: MessageSender): Promise<HistoryReport> {
  const [near, far] = [await one.history(), await other.history()];
  const histories = [near, far];
  const senders = [one, other];
  const confirmed = senders.flatMap((sender) => sender.confirmed);
  const sum = (count: (history: readonly HistoryMessage[]) => number): number =>
    histories.reduce((total, history) => total + count(history), 0);
  return {
    confirmed: confirmed.length,
    unconfirmed: senders.reduce((total, sender) => total + sender.unconfirmed.length, 0),
    delivered: Math.min(...histories.map((history) => history.length)),
    lost: sum((history) => missing(confirmed, history)),
    duplicated: sum((history) => history.length - new Set(history.map(({ text }) => text)).size),
    misordered: sum((history) => senders.reduce((total, { name }) => total + misorderedOf(name, history), 0)),
    differing: differingBetween(near, far, new Set([...confirmed, ...senders.flatMap((sender) => sender.unconfirmed)])),
  };
}

function missing(confirmed: readonly string[], history: readonly HistoryMessage[]): number {
  const texts = new Set(history.map(({ text }) => text));
  return confirmed.filter((text) => !texts.has(text)).length;
}

/** Number of messages of a sender that are out of order. */
function misorderedOf(sender: string, history: readonly HistoryMessage[]): number {
  const numbers = history.filter(({ from }) => from === sender).map(({ text }) => Number(text.split(' ')[1]));
  return numbers.filter((number, k) => k > 0 && number <= (numbers[k - 1] ?? 0)).length;
}

/** Number of messages that only one history has, that differ, or that were never sent. */
function differingBetween(
  near: readonly HistoryMessage[],
  far: readonly HistoryMessage[],
  sent: ReadonlySet<string>,
): number {
  const seen = (line: HistoryMessage): string => JSON.stringify([line.id, line.from, line.text, line.at]);
  const farSeen = far.map(seen);
  const nearSeen = near.map(seen);
  const differing = nearSeen.filter((line, k) => line !== farSeen[k]).length;
  const unsaid = near.filter(({ text }) => !sent.has(text)).length;
  return differing + Math.abs(far.length - near.length) + unsaid;
}
