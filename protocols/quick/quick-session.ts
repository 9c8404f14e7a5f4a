// Seals and opens the datagrams of quick messages between two devices, with keys from their last link (SPEC.md).

import { assert, type Instant } from '../kit/machine.js';
import { concat, copyOf, toBase64url, viewOf } from '../kit/bytes.js';
import { LIMITS } from '../kit/limits.js';
import type { Primitives } from '../kit/primitives.js';
import { decodeContent, encodeContent, type QuickContent } from './content.js';
import { ReplayWindow } from '../kit/bounds/replay-window.js';

const MAGIC = 0x6b;
const VERSION = 0x02;
const HEADER_BYTES = 18;
const TAG_BYTES = 16;

/** The TLS exporter gives `id (8) ‖ key (32) ‖ nonce base (12)` for dialler to listener, then for the reverse. */
const DIRECTION_BYTES = LIMITS.linkKeyingBytes / 2;

interface Direction {
  readonly id: Uint8Array;
  readonly key: Uint8Array;
  readonly nonceBase: Uint8Array;
}

export class QuickSession {
  /** The session id of incoming datagrams, base64url, as `sessionIdOf` reads it from their header. */
  readonly incomingId: string;
  private readonly window = new ReplayWindow(LIMITS.quickReplayWindow);
  private readonly incoming: Direction;
  private readonly outgoing: Direction;
  private counter = 0n;

  constructor(
    exported: Uint8Array,
    isDialler: boolean,
    private readonly openedAt: Instant,
    private readonly primitives: Primitives,
  ) {
    assert(exported.length === LIMITS.linkKeyingBytes, 'the exporter gives both directions');
    const forth = direction(exported, 0);
    const back = direction(exported, DIRECTION_BYTES);
    this.outgoing = isDialler ? forth : back;
    this.incoming = isDialler ? back : forth;
    this.incomingId = toBase64url(this.incoming.id);
  }

  isValid(now: Instant): boolean {
    return now < this.openedAt + LIMITS.quickSessionMs;
  }

  /** For a text: `until`, when its sender gives up, in ms since these keys came. */
  endsMs(until: Instant): number {
    return Math.max(0, until - this.openedAt);
  }

  /** True for a text whose sender has given up by now. Both ends count from the link that gave the keys (QUICK-12). */
  isStale({ endsMs }: { readonly endsMs: number }, now: Instant): boolean {
    return now - this.openedAt > endsMs + LIMITS.quickLateMs;
  }

  /** Seals one datagram under a fresh counter. */
  seal(content: QuickContent): Uint8Array {
    this.counter += 1n;
    const header = concat(new Uint8Array([MAGIC, VERSION]), this.outgoing.id, counterBytes(this.counter));
    const { key, nonceBase } = this.outgoing;
    return concat(
      header,
      this.primitives.aeadSeal(key, nonce(nonceBase, this.counter), header, encodeContent(content)),
    );
  }

  /** The content of an authentic, fresh datagram; null for any other. */
  open(datagram: Uint8Array): QuickContent | null {
    const header = viewOf(datagram, 0, HEADER_BYTES);
    const counter = new DataView(header.buffer, header.byteOffset, HEADER_BYTES).getBigUint64(10);
    if (!this.window.mayTake(counter)) return null;
    const { key, nonceBase } = this.incoming;
    const plain = this.primitives.aeadOpen(key, nonce(nonceBase, counter), header, viewOf(datagram, HEADER_BYTES));
    if (plain === null) return null;
    this.window.take(counter);
    return decodeContent(plain);
  }
}

/** The session id in a datagram's header, or null if it is no quick message of this version. */
export function sessionIdOf(datagram: Uint8Array): string | null {
  const mayBe = datagram.length >= HEADER_BYTES + TAG_BYTES && datagram.length <= LIMITS.datagramBytes;
  if (!mayBe || datagram[0] !== MAGIC || datagram[1] !== VERSION) return null;
  return toBase64url(viewOf(datagram, 2, 10));
}

function direction(exported: Uint8Array, at: number): Direction {
  const bytes = (start: number, end: number): Uint8Array => copyOf(exported, at + start, at + end);
  return { id: bytes(0, 8), key: bytes(8, 40), nonceBase: bytes(40, 52) };
}

function counterBytes(counter: bigint): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, counter);
  return new Uint8Array(view.buffer);
}

/** The counter, exclusive-ored into the last 8 bytes of the base (as TLS 1.3 does, RFC 8446, section 5.3). */
function nonce(base: Uint8Array, counter: bigint): Uint8Array {
  const out = copyOf(base); // a nonce must never be written into its base
  counterBytes(counter).forEach((byte, k) => {
    out[4 + k] = (out[4 + k] ?? 0) ^ byte;
  });
  return out;
}
