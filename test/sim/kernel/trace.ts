// The event trace of a run: the latest events as text, and a hash of all events that shows exact replay.

import { createHash, type Hash } from 'node:crypto';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { START_TIME, type Timeline } from './timeline.js';

const KEPT = 200;
const STRING_LETTERS = 28;

interface Entry {
  readonly at: number;
  readonly where: string;
  readonly what: string;
  readonly detail: unknown;
}

/** `all`: keeps every event. `hashed`: also hashes them (slower). */
export interface TraceOptions {
  readonly all?: boolean;
  readonly hashed?: boolean;
}

export class Trace {
  private entries: Entry[] = [];
  private readonly sum: Hash | null;

  constructor(
    private readonly timeline: Timeline,
    private readonly options: TraceOptions = {},
  ) {
    this.sum = options.hashed ? createHash('sha256') : null;
  }

  note(where: string, what: string, detail: unknown = ''): void {
    const entry = { at: this.timeline.now, where, what, detail };
    this.entries.push(entry);
    if (!this.options.all && this.entries.length > 4 * KEPT) this.entries = this.entries.slice(-KEPT);
    this.sum?.update(`${lineOf(entry, whole)}\n`);
  }

  lines(): string[] {
    const shown = this.options.all ? this.entries : this.entries.slice(-KEPT);
    return shown.map((entry) => lineOf(entry, brief));
  }

  /** The hash of all events so far. Ends the trace. */
  hash(): string {
    return this.sum?.digest('hex') ?? '';
  }
}

type Replacer = (key: string, value: unknown) => unknown;

function lineOf({ at, where, what, detail }: Entry, replacer: Replacer): string {
  const seconds = ((at - START_TIME) / 1000).toFixed(3).padStart(9);
  const text = typeof detail === 'string' ? detail : JSON.stringify(detail, replacer);
  return `${seconds} ${where.padEnd(10)} ${what} ${text}`.trimEnd();
}

/** Complete values, for the hash. */
function whole(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64url') : value;
}

/** Short values, for reading: letters opened, long strings cut, bytes as a count. */
function brief(key: string, value: unknown): unknown {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value !== 'string') return value;
  if (key === 'plain') return contentsOf(value);
  return value.length > STRING_LETTERS ? `${value.slice(0, STRING_LETTERS)}…` : value;
}

function contentsOf(letter: string): unknown {
  const signed = parseJson(letter);
  const isSigned = typeof signed === 'object' && signed !== null && 'payload' in signed;
  return isSigned && typeof signed.payload === 'string' ? parseJson(signed.payload) : letter.slice(0, STRING_LETTERS);
}
