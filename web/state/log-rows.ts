// How a log is laid out: a line for each day, a line above what is new, one head for what a person says in a row.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { isSending, type LogLine, type NoteLine, type MessageLine } from './log-lines.js';
import { calendar, dayName, type Region } from './format.js';

export type LogRow =
  | { type: 'day'; key: string; text: string }
  /** Above it there was more. */
  | { type: 'forgotten'; key: string }
  | { type: 'new'; key: string }
  | { type: 'note'; key: string; note: NoteLine }
  /** `hasHead`: with name and time; else it belongs to the text above it. */
  | { type: 'text'; key: string; line: MessageLine; hasHead: boolean };

export interface LogRowOptions {
  readonly firstNewId: string | null;
  readonly isTruncated: boolean;
  readonly now: Instant;
  readonly region?: Region;
}

export function logRows(lines: readonly LogLine[], options: LogRowOptions): LogRow[] {
  const { firstNewId, isTruncated, now, region = {} } = options;
  const dayOf = calendar(region);
  const rows: LogRow[] = isTruncated ? [{ type: 'forgotten', key: 'forgotten' }] : [];
  let day: string | null = null;
  let above: MessageLine | null = null;
  for (const line of sendingLast(lines)) {
    const lineDay = dayOf(line.at);
    if (lineDay !== day) rows.push({ type: 'day', key: `day ${line.id}`, text: dayName(line.at, now, region) });
    if (line.id === firstNewId) rows.push({ type: 'new', key: 'new' });
    const isApart = lineDay !== day || line.id === firstNewId;
    rows.push(rowFor(line, isApart ? null : above));
    day = lineDay;
    above = line.type === 'text' ? line : null;
  }
  return rows;
}

/** What is on its way has no conversation among the others yet. */
function sendingLast(lines: readonly LogLine[]): readonly LogLine[] {
  return [...lines.filter((line) => !isSending(line)), ...lines.filter(isSending)];
}

function rowFor(line: LogLine, above: MessageLine | null): LogRow {
  if (line.type === 'note') return { type: 'note', key: line.id, note: line };
  return { type: 'text', key: line.id, line, hasHead: above === null || !belongsTo(line, above) };
}

/** Said by the same person under the same name, soon after. */
function belongsTo(line: MessageLine, above: MessageLine): boolean {
  const isSamePerson = above.from.key === line.from.key && above.from.name === line.from.name;
  return isSamePerson && Math.abs(line.at - above.at) < LIMITS.pageGroupMs;
}
