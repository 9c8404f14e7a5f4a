// The outer layer of a datagram between servers: encrypted with the cluster key, or only a checksum [RWIRE-2].

import { viewOf } from '../../kit/bytes.js';
import type { RandomSource, Primitives } from '../../kit/primitives.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

/** This byte cannot occur in UTF-8, so no line of a client starts with it [RWIRE-1]. */
export const SERVER_MARK = 0xfe;

const CHECKED = 1;
const SEALED = 2;
const HEAD_BYTES = 2;
const SALT_BYTES = 6;
const NONCE_BYTES = 12;

export function isFromServer(datagram: Uint8Array): boolean {
  return datagram[0] === SERVER_MARK;
}

/** `open` gives null unless the datagram was made by `seal` with the same key. */
export interface PacketSeal {
  seal(packet: Uint8Array): Uint8Array;
  open(datagram: Uint8Array): Uint8Array | null;
}

/** Takes a key of 32 bytes. The nonce is a random salt per start and a counter, so it is never reused [RWIRE-2]. */
export function encryptedSeal(key: Uint8Array, primitives: Primitives, random: RandomSource): PacketSeal {
  const salt = random.bytes(SALT_BYTES);
  const head = Uint8Array.of(SERVER_MARK, SEALED);
  let sent = 0;
  return {
    seal: (packet) => {
      sent += 1;
      const nonce = new ByteWriter(NONCE_BYTES).raw(salt).u48(sent).done();
      const sealed = primitives.aeadSeal(key, nonce, head, packet);
      return new ByteWriter(HEAD_BYTES + NONCE_BYTES + sealed.length).raw(head).raw(nonce).raw(sealed).done();
    },
    open: (datagram) => {
      if (datagram[0] !== SERVER_MARK || datagram[1] !== SEALED || datagram.length < HEAD_BYTES + NONCE_BYTES)
        return null;
      const nonce = viewOf(datagram, HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
      return primitives.aeadOpen(key, nonce, head, viewOf(datagram, HEAD_BYTES + NONCE_BYTES));
    },
  };
}

/** A checksum detects accidents. It does not stop forged datagrams. */
export function checksumSeal(): PacketSeal {
  return {
    seal: (packet) =>
      new ByteWriter(HEAD_BYTES + 4 + packet.length).u8(SERVER_MARK).u8(CHECKED).u32(sumOf(packet)).raw(packet).done(),
    open: (datagram) => {
      const input = new ByteReader(datagram);
      const [mark, version, sum] = [input.u8(), input.u8(), input.u32()];
      if (input.isBroken || mark !== SERVER_MARK || version !== CHECKED) return null;
      const packet = viewOf(datagram, HEAD_BYTES + 4);
      return sumOf(packet) === sum ? packet : null;
    },
  };
}

/** FNV-1a. */
function sumOf(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at += 1) sum = Math.imul(sum ^ (bytes[at] ?? 0), 0x01000193);
  return sum >>> 0;
}
