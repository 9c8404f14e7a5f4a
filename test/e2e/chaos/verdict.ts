// What became of the words of two talkers: nothing promised is lost, nothing is doubled, everything is in its
// sender's order.

import type { HistoryLine, Talker } from './talker.js';

/** Counts over both histories. `torn`: whatever else differs between them, such as a text. */
export interface Verdict {
  readonly said: number;
  readonly unclear: number;
  readonly delivered: number;
  readonly lost: number;
  readonly doubled: number;
  readonly misordered: number;
  readonly torn: number;
}

export async function judge(one: Talker, other: Talker): Promise<Verdict> {
  const [near, far] = [await one.history(), await other.history()];
  const histories = [near, far];
  const talkers = [one, other];
  const said = talkers.flatMap((talker) => talker.promised);
  const sum = (count: (history: readonly HistoryLine[]) => number): number =>
    histories.reduce((total, history) => total + count(history), 0);
  return {
    said: said.length,
    unclear: talkers.reduce((total, talker) => total + talker.unclear.length, 0),
    delivered: Math.min(...histories.map((history) => history.length)),
    lost: sum((history) => missing(said, history)),
    doubled: sum((history) => history.length - new Set(history.map(({ text }) => text)).size),
    misordered: sum((history) => talkers.reduce((total, { name }) => total + misorderedOf(name, history), 0)),
    torn: tornBetween(near, far, new Set([...said, ...talkers.flatMap((talker) => talker.unclear)])),
  };
}

function missing(said: readonly string[], history: readonly HistoryLine[]): number {
  const texts = new Set(history.map(({ text }) => text));
  return said.filter((text) => !texts.has(text)).length;
}

/** How many messages of a sender stand before one that was said earlier. */
function misorderedOf(sender: string, history: readonly HistoryLine[]): number {
  const numbers = history.filter(({ from }) => from === sender).map(({ text }) => Number(text.split(' ')[1]));
  return numbers.filter((number, k) => k > 0 && number <= (numbers[k - 1] ?? 0)).length;
}

/** Messages that one end has and the other has not, or has otherwise, or that nobody said. */
function tornBetween(near: readonly HistoryLine[], far: readonly HistoryLine[], told: ReadonlySet<string>): number {
  const seen = (line: HistoryLine): string => JSON.stringify([line.id, line.from, line.text, line.at]);
  const farSeen = far.map(seen);
  const nearSeen = near.map(seen);
  const differing = nearSeen.filter((line, k) => line !== farSeen[k]).length;
  const unsaid = near.filter(({ text }) => !told.has(text)).length;
  return differing + Math.abs(far.length - near.length) + unsaid;
}
