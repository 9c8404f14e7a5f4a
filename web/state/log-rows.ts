// The layout of a log: a heading for each day, a mark above new messages, one header for consecutive messages of a
// person.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { dayFormatter, dayName, type Region } from './format.js';
import { isSending, type LogLine, type MessageLine, type NoteLine } from './log-lines.js';

export type LogRow =
  | { type: 'day'; key: string; text: string }
  /** Older lines were removed. */
  | { type: 'truncated'; key: string }
  | { type: 'new'; key: string }
  | { type: 'note'; key: string; note: NoteLine }
  /** `hasHeader`: with name and time; without, it continues the message above. */
  | { type: 'message'; key: string; line: MessageLine; hasHeader: boolean };

export interface LogRowOptions {
  readonly firstNewId: string | null;
  readonly isTruncated: boolean;
  readonly now: Instant;
  readonly region?: Region;
}

export function logRows(lines: readonly LogLine[], options: LogRowOptions): LogRow[] {
  const { firstNewId, isTruncated, now, region = {} } = options;
  const dayOf = dayFormatter(region);
  const rows: LogRow[] = isTruncated ? [{ type: 'truncated', key: 'truncated' }] : [];
  let day: string | null = null;
  let above: MessageLine | null = null;
  for (const line of sendingLast(lines)) {
    const lineDay = dayOf(line.at);
    if (lineDay !== day) rows.push({ type: 'day', key: `day ${line.id}`, text: dayName(line.at, now, region) });
    if (line.id === firstNewId) rows.push({ type: 'new', key: 'new' });
    const isSeparate = lineDay !== day || line.id === firstNewId;
    rows.push(rowFor(line, isSeparate ? null : above));
    day = lineDay;
    above = line.type === 'message' ? line : null;
  }
  return rows;
}

/** A message that is being sent has no place in the common order yet. */
function sendingLast(lines: readonly LogLine[]): readonly LogLine[] {
  return [...lines.filter((line) => !isSending(line)), ...lines.filter(isSending)];
}

function rowFor(line: LogLine, above: MessageLine | null): LogRow {
  if (line.type === 'note') return { type: 'note', key: line.id, note: line };
  return { type: 'message', key: line.id, line, hasHeader: above === null || !continues(line, above) };
}

/** By the same person under the same name, soon after. */
function continues(line: MessageLine, above: MessageLine): boolean {
  const isSamePerson = above.from.key === line.from.key && above.from.name === line.from.name;
  return isSamePerson && Math.abs(line.at - above.at) < LIMITS.pageGroupMs;
}
