// The plaintext of a quick message: a fixed binary layout, so that 900 bytes of any text fit one datagram.

import { concat, fromBase64url, textOf, toBase64url, utf8, viewOf } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';

/**
 * Layout: `type u8 ‖ id (16)`, and for a text `‖ at u64 ‖ lamport u64 ‖ ends u32 ‖ UTF-8`. A repeated text keeps its id
 * and uses a fresh counter. `endsMs`: when its sender gives up, in ms since the keys came (QUICK-12).
 */
export type QuickContent =
  | { type: 'text'; id: string; at: number; lamport: number; endsMs: number; text: string }
  | { type: 'ack'; id: string }
  | { type: 'typing'; id: string };

const TYPE_CODE = { text: 1, ack: 2, typing: 3 } as const;
const ID_BYTES = 16;
const TIMES_BYTES = 20;
const TEXT_AT = 1 + ID_BYTES + TIMES_BYTES;

export function encodeContent(content: QuickContent): Uint8Array {
  const id = fromBase64url(content.id) ?? new Uint8Array(ID_BYTES);
  const head = concat(new Uint8Array([TYPE_CODE[content.type]]), id);
  if (content.type !== 'text') return head;
  const times = new DataView(new ArrayBuffer(TIMES_BYTES));
  times.setBigUint64(0, BigInt(content.at));
  times.setBigUint64(8, BigInt(content.lamport));
  times.setUint32(16, content.endsMs);
  return concat(head, new Uint8Array(times.buffer), utf8(content.text));
}

/** Decodes a content, or returns null if the bytes are malformed. */
export function decodeContent(bytes: Uint8Array): QuickContent | null {
  if (bytes.length < 1 + ID_BYTES) return null;
  const id = toBase64url(viewOf(bytes, 1, 1 + ID_BYTES));
  const isBare = bytes.length === 1 + ID_BYTES;
  if (bytes[0] === TYPE_CODE.ack) return isBare ? { type: 'ack', id } : null;
  if (bytes[0] === TYPE_CODE.typing) return isBare ? { type: 'typing', id } : null;
  return bytes[0] === TYPE_CODE.text ? decodeText(bytes, id) : null;
}

function decodeText(bytes: Uint8Array, id: string): QuickContent | null {
  const textBytes = bytes.length - TEXT_AT;
  if (textBytes < 1 || textBytes > LIMITS.quickTextBytes) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = Number(view.getBigUint64(1 + ID_BYTES));
  const lamport = Number(view.getBigUint64(9 + ID_BYTES));
  const endsMs = view.getUint32(17 + ID_BYTES);
  const text = textOf(viewOf(bytes, TEXT_AT));
  if (text === null || !Number.isSafeInteger(lamport) || lamport < 1 || at > LIMITS.timeMax) return null;
  return { type: 'text', id, at, lamport, endsMs, text };
}
