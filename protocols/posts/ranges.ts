// Resolves the `Range` of a request (RFC 9110, section 14) to one byte range of a file.

/** The bytes from `start` up to, but not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** `whole`: the request has no usable range. `unsatisfiable`: the range contains no byte of the file. */
export type ResolvedRange = 'whole' | 'unsatisfiable' | ByteRange;

/** If `ifRange` and `etag` differ, the client has another version and needs the whole file. */
export interface RangeRequest {
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
  readonly etag: string;
  readonly size: number;
}

/** Rejects longer numbers: 16 digits exceed the size of any file. */
const RANGE = /^bytes=(\d{0,16})-(\d{0,16})$/i;

/** A malformed range, several ranges or another unit count as no range, as the RFC allows. */
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

/** The last `length` bytes. */
function suffix(length: number, size: number): ResolvedRange {
  if (length === 0 || size === 0) return 'unsatisfiable';
  return { start: Math.max(0, size - length), end: size };
}
