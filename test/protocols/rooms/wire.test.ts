// Rules of datagrams between servers (RWIRE): first byte, seal, and validation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { textOf, utf8 } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { decodePacket, encodePacket, type Packet } from '../../../protocols/rooms/wire/packet.js';
import { checksumSeal, isFromServer, encryptedSeal } from '../../../protocols/rooms/wire/seal.js';
import { primitives } from '../../../runtime/crypto.js';
import { random } from '../../../runtime/sources.js';
import { TestCluster } from './test-cluster.js';

const PACKET: Packet = {
  ...{ from: 1, to: 0, boot: 5, toBoot: 1, cluster: 7, number: 2 ** 40 },
  heartbeat: { view: 3, mode: 'normal', alive: 0xffffffff },
  acks: [
    { stream: 1, upTo: 2, low: 0x80000001, high: 3 },
    { stream: 4, upTo: 0, low: 0, high: 0 },
  ],
  received: [1, 2, 3],
  frames: [{ lane: 0, stream: 9, number: 10, bytes: Uint8Array.of(1, 2, 3) }],
};

test('[RWIRE-1] a datagram of a server starts with a byte that cannot occur in UTF-8', () => {
  const datagram = checksumSeal().seal(encodePacket(PACKET));
  assert.equal(datagram[0], 0xfe);
  assert.equal(textOf(datagram.subarray(0, 1)), null);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (line) => !isFromServer(utf8(line))));
});

test('[RWIRE-2] only servers with the cluster key can make or change a datagram, and no nonce repeats', () => {
  const key = new Uint8Array(32).fill(1);
  const [seal, other] = [
    encryptedSeal(key, primitives, random),
    encryptedSeal(new Uint8Array(32).fill(2), primitives, random),
  ];
  const packet = encodePacket(PACKET);
  const [one, two] = [seal.seal(packet), seal.seal(packet)];
  assert.deepEqual(encryptedSeal(key, primitives, random).open(one), packet);
  assert.notDeepEqual(one, two);
  assert.equal(other.open(one), null);
  for (let at = 0; at < one.length; at += 1) {
    assert.equal(seal.open(one.with(at, (one[at] ?? 0) ^ 1)), null);
    assert.equal(seal.open(one.subarray(0, at)), null);
  }
  assert.equal(seal.open(checksumSeal().seal(packet)), null);
});

test('[RWIRE-2] without a key a checksum detects accidents', () => {
  const seal = checksumSeal();
  const datagram = seal.seal(encodePacket(PACKET));
  assert.deepEqual(decodePacket(seal.open(datagram) ?? new Uint8Array(0)), PACKET);
  for (let at = 0; at < datagram.length; at += 1)
    assert.equal(seal.open(datagram.with(at, (datagram[at] ?? 0) ^ 4)), null);
});

test('[RWIRE-3] the sender is the index inside the datagram', () => {
  const cluster = new TestCluster(3);
  cluster.put(0, { type: 'packet', bytes: encodePacket(PACKET) });
  assert.equal(cluster.server(0).peers.link(1)?.boot, 5);
  assert.equal(cluster.server(0).peers.link(2)?.boot, 0);
});

test('[RWIRE-4] malformed packets and packets for another server or cluster are dropped and counted', () => {
  const cluster = new TestCluster(3);
  const wrong = [{ to: 1 }, { from: 0 }, { from: 3 }, { cluster: 8 }, { boot: 0 }].map((change) => ({
    ...PACKET,
    ...change,
  }));
  for (const packet of wrong) cluster.put(0, { type: 'packet', bytes: encodePacket(packet) });
  assert.equal(cluster.server(0).counts.dropped, wrong.length);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      cluster.put(0, { type: 'packet', bytes });
    }),
  );
  const whole = encodePacket(PACKET);
  for (let length = 0; length < whole.length; length += 1) assert.equal(decodePacket(whole.subarray(0, length)), null);
});

test('[RWIRE-4] no datagram exceeds 1200 bytes, however much is queued', () => {
  const cluster = TestCluster.ready(10);
  for (let nth = 0; nth < 60; nth += 1) {
    cluster.type(0, 'alice:1', '/join 1');
    cluster.type(0, 'alice:1', 'x'.repeat(LIMITS.roomTextBytes));
  }
  cluster.advance(200);
  const sizes = cluster.effects.flat().map((effect) => (effect.type === 'send_packet' ? effect.bytes.length : 0));
  assert.ok(Math.max(...sizes) <= LIMITS.roomDatagramBytes - 32);
  assert.equal(cluster.receivedBy('alice:1').filter((line) => line.startsWith('<')).length, 60);
});
