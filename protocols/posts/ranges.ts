// The `Range` of a request (RFC 9110, section 14), for files that have one piece or none: which bytes are meant.

/** The bytes from `start` up to, but not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** `whole`: as if no range had been named. `beyond`: no byte of the file is in it. */
export type ResolvedRange = 'whole' | 'unsatisfiable' | ByteRange;

/** `ifRange` and `etag`: where both are there and differ, the asker knows another file and needs all of this one. */
export interface RangeRequest {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly etag: string;
  readonly size: number;
}

/** Longer ones are none: 16 digits already say more bytes than any file has. */
const RANGE = /^bytes=(\d{0,16})-(\d{0,16})$/i;

/** What is malformed, names several pieces or another unit counts as no range at all, as the RFC allows. */
export function resolveRange({ range, ifRange, etag, size }: RangeRequest): ResolvedRange {
  if (range === undefined || (ifRange !== undefined && ifRange.trim() !== etag)) return 'whole';
  const [, first, last] = RANGE.exec(range.trim()) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'whole';
  if (first === '') return suffix(Number(last), size);
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'whole';
  if (start >= size) return 'unsatisfiable';
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) };
}

/** The last so many bytes. */
function suffix(length: number, size: number): ResolvedRange {
  if (length === 0 || size === 0) return 'unsatisfiable';
  return { start: Math.max(0, size - length), end: size };
}
