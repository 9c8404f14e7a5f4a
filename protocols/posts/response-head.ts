// Parses the head of an HTTP response (RFC 9112): the status and the few fields that a download uses.

import { viewOf } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';

/** `length`: of the body. `start` and `total`: from `Content-Range`. Null if the field is absent. */
export interface ResponseHead {
  readonly status: number;
  readonly length: number | null;
  readonly etag: string | null;
  readonly start: number | null;
  readonly total: number | null;
  /** The length of the head, where the body begins. */
  readonly headBytes: number;
}

const STATUS = /^HTTP\/1\.1 ([1-5]\d\d)(?: [^\r\n]*)?$/;
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*?)[ \t]*$/;
const NUMBER = /^\d{1,16}$/;
const CONTENT_RANGE = /^bytes (\d{1,16})-\d{1,16}\/(\d{1,16})$/i;

/**
 * Returns the head, null if it is incomplete, or `malformed` if it is not HTTP, too long, has an encoded body, or
 * repeats a field.
 */
export function readResponseHead(bytes: Uint8Array): ResponseHead | null | 'malformed' {
  const end = endOf(bytes);
  if (end === null) return bytes.length >= LIMITS.postHeaderBytes ? 'malformed' : null;
  const [first = '', ...lines] = latin1(viewOf(bytes, 0, end - 4)).split('\r\n');
  const [, status] = STATUS.exec(first) ?? [];
  const fields = fieldsOf(lines);
  if (status === undefined || fields === null || fields.has('transfer-encoding') || fields.has('content-encoding'))
    return 'malformed';
  const [, start, total] = CONTENT_RANGE.exec(fields.get('content-range') ?? '') ?? [];
  const length = fields.get('content-length');
  if (length !== undefined && !NUMBER.test(length)) return 'malformed';
  return {
    status: Number(status),
    length: length === undefined ? null : Number(length),
    etag: fields.get('etag') ?? null,
    start: start === undefined ? null : Number(start),
    total: total === undefined ? null : Number(total),
    headBytes: end,
  };
}

/** Where the body begins, or null if no empty line is within the limit. */
function endOf(bytes: Uint8Array): number | null {
  const most = Math.min(bytes.length, LIMITS.postHeaderBytes);
  for (let at = 0; at + 4 <= most; at += 1) {
    if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at + 4;
  }
  return null;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** Fields by lower-case name, or null if a line is not a field or a field is repeated. */
function fieldsOf(lines: readonly string[]): Map<string, string> | null {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? [];
    const key = name?.toLowerCase();
    if (key === undefined || value === undefined || fields.has(key)) return null;
    fields.set(key, value);
  }
  return fields;
}
