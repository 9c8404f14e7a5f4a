// Rules of the client protocol (ROOM).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { utf8 } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { ORDERS } from '../../../protocols/rooms/order/client-release.js';
import { TestCluster } from './test-cluster.js';

const A = '10.0.0.1:5000';
const B = '10.0.0.2:5000';
const isRefusal = (lines: readonly string[]) => lines.length === 1 && lines[0]?.startsWith('-ERR ') === true;

test('[ROOM-1] a datagram is one line of UTF-8, with or without a line end', () => {
  const cluster = TestCluster.ready(1);
  assert.deepEqual(cluster.type(0, A, '/join 3\r\n'), ['+OK You are now in chat room #3']);
  for (const line of ['', '\n', '\r\n\r\n', 'one\ntwo', 'one\rtwo', Uint8Array.of(0xc3, 0x28), Uint8Array.of(0xff)])
    assert.ok(isRefusal(cluster.type(0, A, line)), JSON.stringify(line));
});

test('[ROOM-1] [ROOM-4] a text or nick that shows nothing is refused as empty; spaces within are kept', () => {
  const cluster = TestCluster.ready(1);
  cluster.type(0, A, '/join 1');
  for (const line of ['   ', '\t', '\u3000 ', '\u2800\u2800', '  \n'])
    assert.deepEqual(cluster.type(0, A, line), ['-ERR The message is empty. Type some text.'], JSON.stringify(line));
  for (const nick of ['\u2800', '\u3000\u2800']) assert.ok(isRefusal(cluster.type(0, A, `/nick ${nick}`)));
  assert.deepEqual(cluster.type(0, A, '/nick Bob  the Builder '), ['+OK You are now known as Bob  the Builder']);
  cluster.type(0, A, '  two  words ');
  cluster.advance(10);
  assert.equal(cluster.receivedBy(A).at(-1), '<Bob  the Builder>   two  words ');
});

test('[ROOM-1] no client datagram crashes a server, and every answer is one line', () => {
  const cluster = TestCluster.ready(1);
  const lines = fc.oneof(
    fc.uint8Array({ maxLength: 1_500 }),
    fc.string({ unit: 'binary', maxLength: 100 }).map((text) => utf8(`/${text}`)),
    fc
      .tuple(fc.constantFrom('/join', '/nick', '/part', '/who', '/rooms', '/order', '/quit', ','), fc.string())
      .map((parts) => utf8(parts.join(' '))),
  );
  fc.assert(
    fc.property(lines, (bytes) => {
      for (const line of cluster.type(0, A, bytes)) assert.ok(!/[\r\n]/.test(line) && utf8(line).length <= 1_100, line);
      cluster.advance(3);
    }),
  );
});

test('[ROOM-2] /join enters a room that exists, and only one at a time', () => {
  const cluster = TestCluster.ready(1);
  for (const line of ['/join', '/join 0', '/join 11', '/join -1', '/join 1.5', '/join x', '/join 99999999999999999999'])
    assert.ok(isRefusal(cluster.type(0, A, line)), line);
  assert.deepEqual(cluster.type(0, A, '/join 5'), ['+OK You are now in chat room #5']);
  assert.deepEqual(cluster.type(0, A, '/join 7'), ['-ERR You are already in room #5']);
  assert.deepEqual(cluster.type(0, A, '/join 5'), ['-ERR You are already in room #5']);
});

test('[ROOM-3] /part leaves the room and is refused outside a room', () => {
  const cluster = TestCluster.ready(1);
  assert.ok(isRefusal(cluster.type(0, A, '/part')));
  cluster.type(0, A, '/join 5');
  assert.deepEqual(cluster.type(0, A, '/part'), ['+OK You have left chat room #5']);
  assert.ok(isRefusal(cluster.type(0, A, '/part')));
  assert.deepEqual(cluster.type(0, A, '/join 6'), ['+OK You are now in chat room #6']);
});

test('[ROOM-4] the latest nick counts; without one it is ip:port', () => {
  const cluster = TestCluster.ready(1);
  cluster.type(0, A, '/join 1');
  cluster.type(0, A, 'first');
  assert.deepEqual(cluster.type(0, A, '/nick alice'), ['+OK You are now known as alice']);
  assert.deepEqual(cluster.type(0, A, '/nick Alice B'), ['+OK You are now known as Alice B']);
  cluster.type(0, A, 'second');
  cluster.advance(10);
  assert.deepEqual(
    cluster.receivedBy(A).filter((line) => line.startsWith('<')),
    [`<${A}> first`, '<Alice B> second'],
  );
  for (const nick of ['', '<x>', 'a>b', 'n'.repeat(LIMITS.roomNickBytes + 1)])
    assert.ok(isRefusal(cluster.type(0, A, `/nick ${nick}`)), nick);
});

test('[ROOM-5] after /quit the server has forgotten the client, without an answer', () => {
  const cluster = TestCluster.ready(1);
  cluster.type(0, A, '/join 1');
  assert.deepEqual(cluster.type(0, A, '/quit'), []);
  assert.ok(isRefusal(cluster.type(0, A, 'still here?')));
  assert.equal(cluster.server(0).clients.clients.size, 0);
});

for (const order of ORDERS) {
  test(`[ROOM-6] ${order}: every client in the room at every server receives a chat line, including its sender`, () => {
    const cluster = TestCluster.ready(3, order);
    assert.ok(isRefusal(cluster.type(0, A, 'hello')));
    for (const [at, who] of [A, B, 'c:1'].entries()) cluster.type(at, who, '/join 2');
    cluster.type(1, 'd:1', '/join 3');
    cluster.type(0, A, 'hello, world');
    cluster.advance(30);
    for (const who of [A, B, 'c:1']) assert.equal(cluster.receivedBy(who).at(-1), `<${A}> hello, world`);
    assert.equal(cluster.receivedBy('d:1').length, 1);
  });
}

test('[ROOM-7] a line of more than 1000 bytes and an unknown command are refused', () => {
  const cluster = TestCluster.ready(1);
  cluster.type(0, A, '/join 1');
  const longest = 'é'.repeat(LIMITS.roomTextBytes / 2);
  cluster.type(0, A, longest);
  cluster.advance(10);
  assert.equal(cluster.receivedBy(A).at(-1), `<${A}> ${longest}`);
  assert.ok(isRefusal(cluster.type(0, A, `${longest}x`)));
  for (const line of ['/x', '/', '/JOIN 1', '//', '/joinn 1']) assert.ok(isRefusal(cluster.type(0, A, line)), line);
});

test('[ROOM-8] without a quorum total refuses chat; fifo and unordered release it locally and deliver later', () => {
  for (const order of ORDERS) {
    const cluster = TestCluster.ready(3, order);
    for (const [at, who] of [A, B].entries()) cluster.type(at, who, '/join 1');
    cluster.advance(50);
    cluster.isolated.add(0);
    cluster.advance(1_000);
    const [first, second] = [cluster.type(0, A, 'one'), cluster.type(0, A, 'two')];
    cluster.isolated.clear();
    cluster.advance(4_000);
    const chat = cluster.receivedBy(B).filter((line) => line.startsWith('<'));
    if (order === 'total') {
      assert.ok(first[0]?.startsWith('-ERR no quorum, ') && second[0]?.startsWith('-ERR no quorum, '));
      assert.deepEqual(chat, []);
      continue;
    }
    assert.ok(first[0]?.startsWith('+OK no quorum, '));
    assert.deepEqual([first[1], ...second], [`<${A}> one`, `<${A}> two`]);
    assert.deepEqual(chat, [`<${A}> one`, `<${A}> two`]);
  }
});

test('[ROOM-9] /who and /rooms get the same answer on every server, after earlier commands of the client', () => {
  const cluster = TestCluster.ready(3);
  cluster.type(0, A, '/join 1');
  cluster.type(0, A, '/nick alice');
  cluster.type(1, B, '/join 1');
  cluster.type(0, A, '/who');
  cluster.advance(50);
  assert.ok(cluster.receivedBy(A).at(-1)?.includes('alice (server 1)'));
  cluster.type(0, A, '/who');
  cluster.type(1, B, '/who');
  cluster.advance(50);
  assert.equal(cluster.receivedBy(A).at(-1), `+OK room #1, 2 here: alice (server 1), ${B} (server 2)`);
  assert.equal(cluster.receivedBy(B).at(-1), cluster.receivedBy(A).at(-1));
  cluster.type(2, 'c:1', '/rooms');
  cluster.advance(50);
  assert.equal(cluster.receivedBy('c:1').at(-1), '+OK 10 rooms, occupied: #1 2');
});

test('[ROOM-9] clients of a crashed server are in no room', () => {
  const cluster = TestCluster.ready(3);
  cluster.type(0, A, '/join 1');
  cluster.type(1, B, '/join 1');
  cluster.advance(50);
  cluster.crash(0);
  cluster.advance(1_500);
  cluster.type(1, B, '/who');
  cluster.advance(50);
  assert.equal(cluster.receivedBy(B).at(-1), `+OK room #1, 1 here: ${B} (server 2)`);
});

test('[ROOM-10] /order reports the order in force and what is waited for', () => {
  const cluster = TestCluster.ready(3);
  const [calm] = cluster.type(0, A, '/order');
  assert.match(
    calm ?? '',
    /^\+OK order total, server 1 of 3, view \d+ of servers 1 2 3; \d+ delivered, 0 pending; waiting for nothing$/,
  );
  cluster.type(0, A, '/join 1');
  cluster.advance(50);
  cluster.crash(2);
  cluster.type(0, A, 'hello');
  cluster.advance(50);
  assert.match(cluster.type(0, A, '/order')[0] ?? '', /waiting for message \d+ of server 1 at servers 3$/);
});

test('[ROOM-11] a server keeps at most 10 000 clients and removes none for silence', () => {
  const cluster = TestCluster.ready(1);
  cluster.type(0, B, '/join 1');
  for (let nth = 1; nth < LIMITS.roomClientsMax; nth += 1) cluster.type(0, `10.1.1.1:${nth}`, '/nick n');
  cluster.now += 10 * 24 * 60 * 60_000;
  assert.deepEqual(cluster.type(0, B, '/part'), ['+OK You have left chat room #1']);
  cluster.type(0, '10.1.1.1:60000', '/nick n');
  assert.equal(cluster.server(0).clients.clients.size, LIMITS.roomClientsMax);
});

test('[ROOM-12] text of clients is sanitized', () => {
  const cluster = TestCluster.ready(1);
  cluster.type(0, A, '/join 1');
  cluster.type(0, A, '/nick \u001b[31mred');
  cluster.type(0, A, 'a\u001b[2Jb\u0007\tc\u202ed');
  cluster.advance(10);
  assert.equal(cluster.receivedBy(A).at(-1), '<\ufffd[31mred> a\ufffd[2Jb\ufffd c\ufffdd');
});
