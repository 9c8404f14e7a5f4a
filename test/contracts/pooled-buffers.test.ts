// Code that takes bytes gives the same results for a Buffer inside a shared pool, which is how Node hands bytes over,
// and writes into none of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BACKUP_MAGIC, headerBytes, readHeader } from '../../client/archive/backup-header.js';
import { openPieces, sealPieces } from '../../client/archive/sealed-pieces.js';
import { hashToWords } from '../../protocols/directory/fingerprint.js';
import { concat, copyOf, fromBase64url, textOf, toBase64url, utf8, viewOf } from '../../protocols/kit/bytes.js';
import { encodeFrame, FrameReader } from '../../protocols/kit/frames.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { isLowOrderKey } from '../../protocols/kit/sealing/low-order-key.js';
import { padded, unpadded } from '../../protocols/kit/sealing/padding.js';
import { contentType } from '../../protocols/posts/content-type.js';
import { readResponseHead } from '../../protocols/posts/response-head.js';
import { decodeContent, encodeContent, type QuickContent } from '../../protocols/quick/content.js';
import { QuickSession, sessionIdOf } from '../../protocols/quick/quick-session.js';
import { parseRoomCommand } from '../../protocols/rooms/client/room-command.js';
import { ReceiveStream } from '../../protocols/rooms/link/receive-stream.js';
import { decodeMessage, encodeMessage, type OrderedMessage } from '../../protocols/rooms/order/message.js';
import { decodeControl, encodeControl } from '../../protocols/rooms/view/control-message.js';
import { decodePacket, encodePacket, type Packet } from '../../protocols/rooms/wire/packet.js';
import { checksumSeal, encryptedSeal, isFromServer } from '../../protocols/rooms/wire/seal.js';
import { makeSigningKey, primitives } from '../../runtime/crypto.js';
import { deriveKey } from '../../runtime/key-derivation.js';
import { LineReader } from '../../runtime/net/line-reader.js';
import { plainBytes } from '../../runtime/plain-bytes.js';
import { Random } from '../sim/kernel/random.js';

const GUARD_BYTES = 32;
const GUARD = 0xaa;

/** Hands out Buffers that lie in one pool each, between guard bytes. */
class Pools {
  private readonly handedOut: { pool: Buffer; was: Buffer }[] = [];

  readonly take = (bytes: Uint8Array): Uint8Array => {
    const pool = Buffer.alloc(bytes.length + 2 * GUARD_BYTES, GUARD);
    pool.set(bytes, GUARD_BYTES);
    this.handedOut.push({ pool, was: Buffer.from(pool) });
    return pool.subarray(GUARD_BYTES, GUARD_BYTES + bytes.length);
  };

  get areUntouched(): boolean {
    return this.handedOut.every(({ pool, was }) => pool.equals(was));
  }

  /** The platform uses the memory for something else. */
  reuse(): void {
    for (const { pool } of this.handedOut) pool.fill(0x55);
  }
}

type Take = (bytes: Uint8Array) => Uint8Array;

const bytes = (length: number, seed = 1): Uint8Array => new Random(seed, 'bytes').bytes(length);
const key = makeSigningKey();
const id = toBase64url(bytes(16));
const hello: QuickContent = { type: 'text', id, at: 1_800_000_000_000, lamport: 3, endsMs: 7_000, text: 'hello' };
const sealed = primitives.aeadSeal(bytes(32), bytes(12), bytes(5), bytes(100));
const message: OrderedMessage = {
  ...{ view: 1, from: 2, boot: 3, seq: 4, time: 5, nth: 6 },
  operation: { type: 'chat', client: 7, room: 1, nick: 'ann', text: 'hi' },
};
const packet: Packet = {
  ...{ from: 1, to: 0, boot: 5, toBoot: 1, cluster: 7, number: 2 ** 40 },
  heartbeat: { view: 3, mode: 'normal', alive: 1 },
  acks: [
    { stream: 1, upTo: 2, low: 1, high: 3 },
    { stream: 4, upTo: 0, low: 0, high: 0 },
  ],
  received: [1, 2, 3],
  frames: [{ lane: 0, stream: 9, number: 10, bytes: bytes(30) }],
};
const roomSeal = (take: Take) => encryptedSeal(take(bytes(32)), primitives, new Random(7, 'salt'));
const backupHeader = { cost: { costLog2: 14, blocks: 8, lanes: 1 }, salt: bytes(16), check: bytes(16, 2) };
const response = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

/** Each takes its bytes from `take` and returns what it made of them. */
const CASES: Readonly<Record<string, (take: Take) => unknown>> = {
  'base64url and text': (take) => [toBase64url(take(bytes(33))), textOf(take(utf8('grüße'))), fromBase64url(id)],
  'copies and joins': (take) => [copyOf(take(bytes(9)), 2, -2), concat(take(bytes(3)), take(bytes(4)))],
  'link frames': (take) => framesOf([take(encodeFrame('one')), take(concat(encodeFrame('two'), encodeFrame('three')))]),
  'split link frames': (take) => framesOf([...encodeFrame('split')].map((byte) => take(Uint8Array.of(byte)))),
  lines: (take) => linesOf([take(utf8('one\ntw')), take(utf8('o\r\nthree\n'))]),
  padding: (take) => unpadded(take(padded('text') ?? bytes(1))),
  'low-order keys': (take) => [isLowOrderKey(take(bytes(32))), isLowOrderKey(take(new Uint8Array(32)))],
  hashes: (take) => [primitives.sha256(take(bytes(70))), primitives.sha512(take(bytes(70)))],
  signatures: (take) => {
    const signature = primitives.sign(take(bytes(40)), key);
    return [signature, primitives.verify(take(bytes(40)), signature, key.publicKey)];
  },
  encryption: (take) => primitives.aeadSeal(take(bytes(32)), take(bytes(12)), take(bytes(5)), take(bytes(100))),
  decryption: (take) => primitives.aeadOpen(take(bytes(32)), take(bytes(12)), take(bytes(5)), take(sealed)),
  fingerprints: (take) => hashToWords(take(bytes(32))),
  'contents of quick messages': (take) => decodeContent(take(encodeContent(hello))),
  'sessions of quick messages': (take) => {
    const [dialler, listener] = [true, false].map((dialled) => {
      return new QuickSession(take(bytes(LIMITS.linkKeyingBytes)), dialled, 0, primitives);
    }) as [QuickSession, QuickSession];
    dialler.seal(hello); // lost
    const datagrams = Array.from({ length: 20 }, () => take(dialler.seal(hello)));
    return [
      datagrams.map((one) => plainBytes(one)),
      datagrams.map((one) => listener.open(one)),
      datagrams.map(sessionIdOf),
    ];
  },
  'types of content': (take) => [contentType(take(utf8('plain'))), contentType(take(bytes(64)))],
  'heads of responses': (take) => readResponseHead(take(utf8(response))),
  'packets of rooms': (take) => encodePacket(decodePacket(take(encodePacket(packet))) ?? packet),
  'sealed packets of rooms': (take) => {
    const seal = roomSeal(take);
    const datagrams = Array.from({ length: 20 }, () => seal.seal(take(encodePacket(packet))));
    return [datagrams, datagrams.map((one) => seal.open(take(one))), isFromServer(take(datagrams[0] ?? bytes(1)))];
  },
  'checked packets of rooms': (take) => checksumSeal().open(take(checksumSeal().seal(take(bytes(50))))),
  'messages of rooms': (take) => decodeMessage(take(encodeMessage(message))),
  'control messages of rooms': (take) =>
    decodeControl(take(encodeControl({ type: 'snapshotted', instance: 3, ballot: { round: 1, by: 0 } }))),
  'commands to rooms': (take) => parseRoomCommand(take(utf8('/join lake\r\n')), 3),
  'streams of rooms': (take) => {
    const record = concat(Uint8Array.of(0, 0, 0, 4), bytes(4));
    const stream = new ReceiveStream();
    const pieces = [viewOf(record, 0, 3), viewOf(record, 3)].map((one) => take(one));
    return [2, 1].flatMap((number) =>
      stream.receive({ lane: 0, stream: 1, number, bytes: pieces[number - 1] ?? bytes(1) }).map(plainBytes),
    );
  },
  'heads of backups': (take) => readHeader(take(headerBytes(backupHeader, BACKUP_MAGIC)), take(BACKUP_MAGIC)),
  'pieces of backups': async (take) => {
    const seal = { key: take(bytes(32)), header: take(bytes(10)) };
    const made = (await all(sealPieces(one(take(bytes(1_000))), seal))).map((piece) => plainBytes(piece));
    return [
      made,
      (await all(openPieces(one(...made.map((piece) => take(piece))), seal))).map((piece) => plainBytes(piece)),
    ];
  },
  'keys from passphrases': (take) => deriveKey('pass', take(bytes(16)), { costLog2: 4, blocks: 8, lanes: 1 }, 32),
};

for (const [name, run] of Object.entries(CASES)) {
  test(`[QUICK-2] Buffers pass for plain bytes: ${name}`, async () => {
    const pools = new Pools();
    const plain = await run(copyOf);
    assert.deepEqual(await run(pools.take), plain);
    assert.ok(pools.areUntouched, 'it wrote into what it was given');
  });
}

test('[QUICK-2] a session of quick messages keeps no memory of the platform', () => {
  const pools = new Pools();
  const exported = bytes(LIMITS.linkKeyingBytes);
  const dialler = new QuickSession(pools.take(exported), true, 0, primitives);
  pools.reuse();
  const listener = new QuickSession(exported, false, 0, primitives);
  assert.deepEqual(listener.open(dialler.seal(hello)), hello);
});

function framesOf(chunks: readonly Uint8Array[]): unknown[] {
  const reader = new FrameReader();
  return chunks.flatMap((chunk) => {
    reader.push(chunk);
    const frames: unknown[] = [];
    for (let frame = reader.next(); frame !== null; frame = reader.next()) frames.push(frame);
    return frames;
  });
}

function linesOf(chunks: readonly Uint8Array[]): unknown[] {
  const reader = new LineReader(100);
  const lines: unknown[] = [];
  for (const chunk of chunks) reader.push(chunk, (line) => lines.push(line));
  return lines;
}

async function* one(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

async function all(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const taken: Uint8Array[] = [];
  for await (const piece of pieces) taken.push(piece);
  return taken;
}
