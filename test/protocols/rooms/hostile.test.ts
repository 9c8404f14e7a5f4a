// A malicious server that knows the cluster key cannot crash another server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '../../../protocols/kit/bytes.js';
import type { RoomEffect } from '../../../protocols/rooms/room-server.js';
import { decodeControl } from '../../../protocols/rooms/view/control-message.js';
import { decodePacket, encodePacket, type Packet } from '../../../protocols/rooms/wire/packet.js';
import { Random } from '../../sim/kernel/random.js';
import { TestCluster } from './test-cluster.js';

const ROUNDS = 4_000;

function overheard(): Uint8Array[] {
  const cluster = TestCluster.ready(3);
  cluster.type(0, 'a:1', '/join 1');
  cluster.type(0, 'a:1', 'hello');
  cluster.advance(100);
  cluster.crash(2);
  cluster.advance(1_500);
  const sent = (effect: RoomEffect) => (effect.type === 'send_packet' ? [effect.bytes] : []);
  return cluster.effects.flat().flatMap(sent);
}

/** A packet with one field changed to another value that can be encoded. */
function bent(packet: Packet, random: Random): Packet {
  const word = () => random.pick([0, 1, 2, 3, 65_535, 2 ** 31, 2 ** 32 - 1]);
  const changes: Partial<Packet>[] = [
    { boot: word() || 1 },
    { toBoot: word() },
    { number: word() },
    { heartbeat: { view: word(), mode: 'normal', alive: word() } },
    { acks: [{ stream: word(), upTo: word(), low: word(), high: word() }, packet.acks[1]] },
    { received: [word(), word(), word()] },
    { received: [word()] },
    { frames: packet.frames.map((frame) => ({ ...frame, stream: word(), number: random.whole(0, 5) })) },
    { frames: packet.frames.map((frame) => ({ ...frame, bytes: scratched(frame.bytes, random) })) },
  ];
  return { ...packet, to: 0, from: 1, ...random.pick(changes) };
}

function scratched(bytes: Uint8Array, random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let nth = random.whole(1, 3); nth > 0; nth -= 1) copy[random.whole(0, copy.length - 1)] = random.whole(0, 255);
  return copy;
}

test('[RWIRE-4] packets of a malicious server crash no server, and clients still get answers', () => {
  const packets = overheard().flatMap((bytes) => decodePacket(bytes) ?? []);
  for (let seed = 1; seed <= 8; seed += 1) {
    const random = new Random(seed);
    const cluster = TestCluster.ready(3);
    cluster.type(0, 'a:1', '/join 1');
    for (let round = 0; round < ROUNDS / 8; round += 1) {
      cluster.put(0, { type: 'packet', bytes: encodePacket(bent(random.pick(packets), random)) });
      if (round % 10 === 0) cluster.advance(5);
    }
    cluster.advance(500);
    assert.deepEqual(cluster.type(0, 'a:1', '/part'), ['+OK You have left chat room #1']);
  }
});

test('[RWIRE-4] a control message that does not match its shape exactly is dropped', () => {
  const ballot = { round: 1, by: 0 };
  const sound = { type: 'prepare', instance: 3, ballot };
  assert.ok(decodeControl(utf8(JSON.stringify(sound))));
  const wrong = [
    { ...sound, instance: -1 },
    { ...sound, ballot: { round: 1, by: 99 } },
    { ...sound, more: 1 },
  ];
  for (const each of [...wrong, { type: 'decided', decision: null }, [], null, 'prepare', { ...sound, type: 'x' }])
    assert.equal(decodeControl(utf8(JSON.stringify(each))), null);
});
