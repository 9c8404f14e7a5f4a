// How a log is laid out: a line for each day, a line above what is new, one head for what a person says in a row.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { isSending, type Line, type NoteLine, type TextLine } from './lines.js';
import { calendar, dayName, type Region } from './wording.js';

export type Row =
  | { kind: 'day'; key: string; text: string }
  /** Above it there was more. */
  | { kind: 'forgotten'; key: string }
  | { kind: 'new'; key: string }
  | { kind: 'note'; key: string; note: NoteLine }
  /** `hasHead`: with name and time; else it belongs to the text above it. */
  | { kind: 'text'; key: string; line: TextLine; hasHead: boolean };

export interface RowOptions {
  readonly newFrom: string | null;
  readonly hasForgotten: boolean;
  readonly now: Instant;
  readonly region?: Region;
}

export function rowsOf(lines: readonly Line[], options: RowOptions): Row[] {
  const { newFrom, hasForgotten, now, region = {} } = options;
  const dayOf = calendar(region);
  const rows: Row[] = hasForgotten ? [{ kind: 'forgotten', key: 'forgotten' }] : [];
  let day: string | null = null;
  let above: TextLine | null = null;
  for (const line of sendingLast(lines)) {
    const lineDay = dayOf(line.at);
    if (lineDay !== day) rows.push({ kind: 'day', key: `day ${line.id}`, text: dayName(line.at, now, region) });
    if (line.id === newFrom) rows.push({ kind: 'new', key: 'new' });
    const isApart = lineDay !== day || line.id === newFrom;
    rows.push(rowOf(line, isApart ? null : above));
    day = lineDay;
    above = line.kind === 'text' ? line : null;
  }
  return rows;
}

/** What is on its way has no place among the others yet. */
function sendingLast(lines: readonly Line[]): readonly Line[] {
  return [...lines.filter((line) => !isSending(line)), ...lines.filter(isSending)];
}

function rowOf(line: Line, above: TextLine | null): Row {
  if (line.kind === 'note') return { kind: 'note', key: line.id, note: line };
  return { kind: 'text', key: line.id, line, hasHead: above === null || !belongsTo(line, above) };
}

/** Said by the same person under the same name, soon after. */
function belongsTo(line: TextLine, above: TextLine): boolean {
  const isSamePerson = above.from.key === line.from.key && above.from.name === line.from.name;
  return isSamePerson && Math.abs(line.at - above.at) < LIMITS.pageGroupMs;
}
