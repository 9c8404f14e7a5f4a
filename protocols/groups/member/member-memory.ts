// What a member remembers beside the log and must not lose in a crash: votes, promises, leave statements, orphaned
// entries, forks. It is stored as one JSON memo, so the field names are the file format.

import { parseJson } from '../../kit/bytes.js';
import type { Signed } from '../../kit/signed.js';
import type { LogPosition } from '../entry.js';

/** An entry that a takeover replaced. `fork`: the last index that the old and the new log share. */
export interface OrphanedEntry {
  readonly signed: Signed;
  readonly fork: number;
}

export interface MemberMemory {
  /** The highest term that the member knows of or voted in. */
  promised: number;
  vote: { term: number; candidate: string; head: LogPosition } | null;
  orphans: OrphanedEntry[];
  /** The known leave statements. */
  farewells: Signed[];
  /** The transfer statement of the current leader. */
  transfer: Signed | null;
  /** The terms whose leader is proved to have equivocated. */
  lies: number[];
  /** Pairs of contradicting entries. */
  forks: [Signed, Signed][];
  /** Whether the last `joined` or `ended` effect was `joined`. */
  wasMember: boolean;
}

/** The memory in this text; an empty text is the memory of a new member. */
export function readMemory(text: string): MemberMemory {
  if (text !== '') return parseJson(text) as MemberMemory;
  const lists = { orphans: [], farewells: [], lies: [], forks: [] };
  return { promised: 0, vote: null, transfer: null, wasMember: false, ...lists };
}
