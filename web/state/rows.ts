// How a log is laid out: a line for each day, a line above what is new, one head for what a person says in a row.

import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import type { Entry, NoteEntry, TextEntry } from './entries.js';
import { calendar, dayName, type Region } from './words.js';

export type Row =
  | { kind: 'day'; key: string; text: string }
  /** Above it there was more. */
  | { kind: 'forgotten'; key: string }
  | { kind: 'new'; key: string }
  | { kind: 'note'; key: string; note: NoteEntry }
  /** `hasHead`: with name and time; else it belongs to the text above it. */
  | { kind: 'text'; key: string; entry: TextEntry; hasHead: boolean };

export interface RowOptions {
  readonly newFrom: string | null;
  readonly hasForgotten: boolean;
  readonly now: Instant;
  readonly region?: Region;
}

export function rowsOf(entries: readonly Entry[], options: RowOptions): Row[] {
  const { newFrom, hasForgotten, now, region = {} } = options;
  const dayOf = calendar(region.zone);
  const rows: Row[] = hasForgotten ? [{ kind: 'forgotten', key: 'forgotten' }] : [];
  let day: string | null = null;
  let above: TextEntry | null = null;
  for (const entry of entries) {
    const today = dayOf(entry.at);
    if (today !== day) rows.push({ kind: 'day', key: `day ${entry.id}`, text: dayName(entry.at, now, region) });
    if (entry.id === newFrom) rows.push({ kind: 'new', key: 'new' });
    const isApart = today !== day || entry.id === newFrom;
    rows.push(rowOf(entry, isApart ? null : above));
    day = today;
    above = entry.kind === 'text' ? entry : null;
  }
  return rows;
}

function rowOf(entry: Entry, above: TextEntry | null): Row {
  if (entry.kind === 'note') return { kind: 'note', key: entry.id, note: entry };
  return { kind: 'text', key: entry.id, entry, hasHead: above === null || !belongsTo(entry, above) };
}

/** Said by the same person under the same name, soon after. */
function belongsTo(entry: TextEntry, above: TextEntry): boolean {
  const isSamePerson = above.from.key === entry.from.key && above.from.name === entry.from.name;
  return isSamePerson && Math.abs(entry.at - above.at) < LIMITS.pageGroupMs;
}
