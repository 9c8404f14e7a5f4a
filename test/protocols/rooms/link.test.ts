// Rules of the links between servers (RLINK): reliable streams over a lossy network.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { ServerLinks } from '../../../protocols/rooms/link/server-links.js';
import { ServerLink, type PacketHeader } from '../../../protocols/rooms/link/server-link.js';
import { ReceiveStream } from '../../../protocols/rooms/link/receive-stream.js';
import { RoundTrip } from '../../../protocols/rooms/link/round-trip.js';
import { SendStream } from '../../../protocols/rooms/link/send-stream.js';
import type { Frame, Packet } from '../../../protocols/rooms/wire/packet.js';
import { Random } from '../../sim/kernel/random.js';

const record = (byte: number, length = 10) => new Uint8Array(length).fill(byte);

function sending(): SendStream {
  const stream = new SendStream(0, new RoundTrip());
  stream.bindTo(1);
  return stream;
}

test('[RLINK-1] records arrive once, complete and in order, despite loss, duplication and reordering', () => {
  const random = new Random(5);
  const [out, back] = [sending(), new ReceiveStream()];
  const records = Array.from({ length: 300 }, (_, nth) => record(nth % 256, random.whole(0, 2_500)));
  const came: Uint8Array[] = [];
  for (const each of records) out.push(each);
  for (let now = 0; came.length < records.length && now < 600_000; now += 10) {
    const frames = out.takeDue(now).filter(() => !random.chance(0.3));
    for (const frame of [...frames, ...frames.slice(0, 3)].sort(() => random.fraction() - 0.5))
      came.push(...back.receive(frame));
    if (!random.chance(0.3)) out.acknowledge(back.ack(), now + 5);
  }
  assert.deepEqual(came, records);
});

test('[RLINK-2] at most 64 frames are unacknowledged, and a receiver drops frames beyond', () => {
  const out = sending();
  for (let nth = 0; nth < 100; nth += 1) out.push(record(nth, LIMITS.roomFrameBytes));
  assert.equal(out.takeDue(0).length, LIMITS.roomLinkWindow);
  const back = new ReceiveStream();
  const beyond: Frame = { lane: 0, stream: 1, number: LIMITS.roomLinkWindow + 1, bytes: record(1) };
  back.receive(beyond);
  assert.deepEqual(back.ack(), { stream: 1, upTo: 0, low: 0, high: 0 });
});

test('[RLINK-3] a frame is resent after the estimated timeout, and earlier if later frames were acknowledged', () => {
  const out = sending();
  const back = new ReceiveStream();
  for (let nth = 0; nth < 3; nth += 1) out.push(record(nth, LIMITS.roomFrameBytes - 4));
  const [first, second, third] = out.takeDue(0);
  assert.ok(first && second && third);
  assert.deepEqual(out.takeDue(LIMITS.roomRetryFirstMs - 1), []);
  assert.equal(out.takeDue(LIMITS.roomRetryFirstMs).length, 3);
  back.receive(second);
  out.acknowledge(back.ack(), LIMITS.roomRetryFirstMs + 90);
  assert.deepEqual(
    out.takeDue(LIMITS.roomRetryFirstMs + 91).map(({ number }) => number),
    [1],
  );
  const quick = new RoundTrip();
  for (let nth = 0; nth < 50; nth += 1) quick.learn(1);
  assert.equal(quick.retryMs, LIMITS.roomRetryMinMs);
});

test('[RLINK-4] binding to another boot clears and renumbers the stream; to the same boot it changes nothing', () => {
  const out = sending();
  out.push(record(1));
  const [before] = out.takeDue(0);
  out.bindTo(1);
  assert.equal(out.isIdle, false);
  out.bindTo(2);
  assert.equal(out.isIdle, true);
  out.push(record(2));
  const [after] = out.takeDue(0);
  assert.ok(before && after && after.stream > before.stream && after.number === 1);
  const back = new ReceiveStream();
  assert.equal(back.receive(after).length, 1);
  assert.deepEqual(back.receive(before), []);
});

const STAMP: PacketHeader = { from: 1, boot: 4, cluster: 7, heartbeat: { view: 1, mode: 'normal', alive: 3 } };

function packetOf(change: Partial<Packet> = {}): Packet {
  const link = new ServerLink(0);
  const [packet] = link.packets(0, STAMP, [0, 0]);
  assert.ok(packet);
  return { ...packet, toBoot: 9, ...change };
}

const taking = (link: ServerLink, packet: Packet, now = 10) => link.receive(packet, 9, { now, silentMs: 600 });
const FRAME: Frame = { lane: 0, stream: 1, number: 1, bytes: Uint8Array.of(0, 0, 0, 1, 42) };

test('[RLINK-5] datagrams of an older boot are dropped; a newer boot starts with empty streams', () => {
  const link = new ServerLink(1);
  assert.equal(taking(link, packetOf({ frames: [FRAME] })).records.length, 1);
  assert.equal(taking(link, packetOf({ frames: [FRAME] })).records.length, 0);
  assert.equal(taking(link, packetOf({ boot: 5, frames: [FRAME] })).records.length, 1);
  assert.equal(taking(link, packetOf({ boot: 4, number: 9, frames: [FRAME] }), 99).records.length, 0);
  assert.deepEqual([link.boot, link.heardAt], [5, 10]);
});

test('[RLINK-6] a datagram for another boot only shows that its sender is alive', () => {
  const link = new ServerLink(1);
  const taken = taking(link, packetOf({ toBoot: 8, frames: [FRAME] }));
  assert.deepEqual([taken.records, taken.received, link.heardAt], [[], null, 10]);
});

test('[RLINK-7] only the newest heartbeat and acknowledgement count', () => {
  const link = new ServerLink(1);
  taking(link, packetOf({ number: 5, heartbeat: { view: 7, mode: 'normal', alive: 3 } }));
  const late = taking(link, packetOf({ number: 4, received: [9, 9] }));
  assert.deepEqual([link.heartbeat?.view, late.received], [7, null]);
});

test('[RLINK-8] a stream whose queue is too large is cleared', () => {
  const out = sending();
  const large = record(1, LIMITS.roomRecordBytes);
  for (let nth = 0; nth < 3; nth += 1) out.push(large);
  out.push(record(7));
  const [frame] = out.takeDue(0);
  assert.ok(frame && frame.stream > 1);
});

test('[RLINK-9] a silent server is not alive; a pause of this server does not count as silence', () => {
  const peers = new ServerLinks(0, 2, 600);
  const link = peers.link(1);
  assert.ok(link);
  peers.detectPause(0);
  taking(link, packetOf(), 0);
  for (let now = 100; now < 600; now += 100) peers.detectPause(now);
  assert.deepEqual([peers.isAlive(1, 599), peers.isAlive(1, 600)], [true, false]);
  taking(link, packetOf({ number: 2 }), 500);
  assert.equal(peers.detectPause(5_500), 5_000);
  assert.equal(peers.isAlive(1, 5_500), true);
});
