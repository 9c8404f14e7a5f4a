// Rules on clients that have not shown that they receive (ROOM-14 … 18).

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { codeFor, TestCluster } from './test-cluster.js';

const VICTIM = '198.51.100.7:53';
const SPEAKER = '10.0.0.1:5000';
const LINE = 'x'.repeat(900);

/** Bytes of the datagrams that an address received, with headers. */
function bytesTo(cluster: TestCluster, isIt: (address: string) => boolean): number {
  const lines = [...cluster.received].filter(([address]) => isIt(address)).flatMap(([, received]) => received);
  return lines.reduce((sum, line) => sum + byteLength(line) + LIMITS.roomHeaderBytes, 0);
}

/** A cluster of one server in which a confirmed client speaks in room 1. */
function busy(): { cluster: TestCluster; speak: (lines: number) => void } {
  const cluster = TestCluster.ready(1);
  cluster.type(0, SPEAKER, `/confirm ${codeFor(SPEAKER)}`);
  cluster.type(0, SPEAKER, '/join 1');
  const speak = (lines: number): void => {
    for (let nth = 0; nth < lines; nth += 1) {
      cluster.type(0, SPEAKER, LINE);
      cluster.advance(5);
    }
  };
  return { cluster, speak };
}

const lineBytes = (line: string) => LIMITS.roomAmplificationMax * (line.length + LIMITS.roomHeaderBytes);

test('[ROOM-14] /confirm gives a code, and only this code confirms the address', () => {
  const cluster = TestCluster.ready(1);
  assert.deepEqual(cluster.type(0, VICTIM, '/confirm'), [`+OK Send: /confirm ${codeFor(VICTIM)}`]);
  for (const code of ['x', codeFor(SPEAKER), `${codeFor(VICTIM)}1`])
    assert.match(cluster.type(0, VICTIM, `/confirm ${code}`).join(), /^-ERR This code is wrong/);
  assert.equal(cluster.server(0).clients.clients.confirmedCount, 0);
  assert.deepEqual(cluster.type(0, VICTIM, `/confirm ${codeFor(VICTIM)}`), ['+OK You receive every line now']);
  assert.equal(cluster.server(0).clients.clients.confirmedCount, 1);
});

test('[ROOM-14] a confirmed client receives every line', () => {
  const { cluster, speak } = busy();
  cluster.type(0, VICTIM, `/confirm ${codeFor(VICTIM)}`);
  cluster.type(0, VICTIM, '/join 1');
  speak(200);
  assert.equal(cluster.receivedBy(VICTIM).filter((line) => line.endsWith(LINE)).length, 200);
});

test('[ROOM-15] one forged line sends a stranger a few lines, however busy the room is', () => {
  const { cluster, speak } = busy();
  cluster.type(0, VICTIM, '/join 1');
  speak(300);
  const most = lineBytes('/join 1') + LIMITS.roomTrialBytes + LIMITS.roomOverdraftBytes;
  assert.ok(bytesTo(cluster, (address) => address === VICTIM) <= most);
});

test('[ROOM-15] a person who types now and then misses nothing', () => {
  const { cluster, speak } = busy();
  cluster.type(0, VICTIM, '/join 1');
  for (let nth = 0; nth < 5; nth += 1) {
    cluster.type(0, VICTIM, `line ${nth}`);
    cluster.advance(2_000);
    speak(10);
  }
  assert.equal(cluster.receivedBy(VICTIM).filter((line) => line.endsWith(LINE)).length, 50);
});

test('[ROOM-15] forged lines from many ports and networks stay within the budgets', () => {
  const { cluster, speak } = busy();
  const since = cluster.now;
  let earned = 0;
  const forge = (address: string, line: string): void => {
    cluster.type(0, address, line);
    earned += lineBytes(line) + LIMITS.roomOverdraftBytes;
  };
  for (let port = 1; port <= 100; port += 1) forge(`198.51.100.7:${port}`, '/join 1');
  for (let round = 0; round < 3; round += 1) {
    for (let port = 1; port <= 100; port += 1) forge(`198.51.100.7:${port}`, 'x');
    speak(20);
  }
  const { burst, perSecond } = LIMITS.roomUnconfirmedPerNetwork;
  const most = earned + burst + (perSecond * (cluster.now - since)) / 1_000;
  assert.ok(bytesTo(cluster, (address) => address.startsWith('198.51.100.7:')) <= most);
  assert.equal(bytesTo(cluster, (address) => address === SPEAKER) > 60 * LINE.length, true);
});

test('[ROOM-16] a flood of forged newcomers displaces neither confirmed clients nor those that speak', () => {
  const { cluster } = busy();
  const person = '10.7.7.7:4000';
  cluster.type(0, person, '/join 2');
  cluster.type(0, person, 'hello');
  for (let nth = 0; nth < LIMITS.roomClientsMax + 500; nth += 1)
    cluster.type(0, `203.0.${nth % 250}.1:${1_000 + nth}`, '/nick n');
  assert.equal(cluster.server(0).clients.clients.size, LIMITS.roomClientsMax);
  assert.deepEqual(cluster.type(0, '192.0.2.9:4000', '/join 3')[0], '+OK You are now in chat room #3');
  assert.deepEqual(cluster.type(0, person, '/part'), ['+OK You have left chat room #2']);
  assert.deepEqual(cluster.type(0, SPEAKER, '/part'), ['+OK You have left chat room #1']);
});

test('[ROOM-16] a code confirms a newcomer that a flood displaced before its second line', () => {
  const { cluster } = busy();
  const flood = (from: number): void => {
    for (let nth = from; nth < from + LIMITS.roomClientsMax; nth += 1)
      cluster.type(0, `${20 + (nth >> 16)}.${(nth >> 8) & 255}.${nth & 255}.1:1000`, '/nick n');
  };
  flood(0);
  const newcomer = '192.0.2.9:4000';
  assert.ok(
    cluster.type(0, newcomer, '/join 3').includes(`+OK To receive every line, send: /confirm ${codeFor(newcomer)}`),
  );
  flood(LIMITS.roomClientsMax);
  assert.deepEqual(cluster.type(0, newcomer, `/confirm ${codeFor(newcomer)}`), ['+OK You receive every line now']);
  cluster.type(0, newcomer, '/join 3');
  flood(2 * LIMITS.roomClientsMax);
  assert.deepEqual(cluster.type(0, newcomer, '/part'), ['+OK You have left chat room #3']);
});

test('[ROOM-17] a network with thousands of confirmed clients makes room for another network', () => {
  const { cluster } = busy();
  const confirm = (address: string) => cluster.type(0, address, `/confirm ${codeFor(address)}`);
  for (let nth = 0; nth < LIMITS.roomConfirmedMax + 100; nth += 1) confirm(`203.0.113.5:${1_000 + nth}`);
  const { clients } = cluster.server(0).clients;
  assert.equal(clients.confirmedCount, LIMITS.roomConfirmedMax);
  assert.equal(clients.at('203.0.113.5:1000'), null);
  assert.deepEqual(confirm(VICTIM), ['+OK You receive every line now']);
  assert.deepEqual(cluster.type(0, SPEAKER, '/part'), ['+OK You have left chat room #1']);
});

test('[ROOM-18] a client from which lines are withheld is told once after each line', () => {
  const { cluster, speak } = busy();
  cluster.type(0, VICTIM, '/join 1');
  speak(50);
  const notice = `+OK To receive every line, send: /confirm ${codeFor(VICTIM)}`;
  const notices = () => cluster.receivedBy(VICTIM).filter((line) => line === notice).length;
  assert.equal(notices(), 1);
  cluster.type(0, VICTIM, 'x');
  speak(200);
  assert.equal(notices(), 2);
});

test('[ROOM-9] clients that were displaced leave no trace in the queue of changes', () => {
  const cluster = TestCluster.ready(3);
  cluster.isolated.add(0);
  cluster.advance(2_000);
  for (let nth = 0; nth < LIMITS.roomClientsMax + 2_000; nth += 1) cluster.type(0, `203.0.113.5:${nth}`, '/join 1');
  cluster.isolated.clear();
  cluster.advance(3_000);
  assert.equal(cluster.server(0).clients.clients.size, LIMITS.roomClientsMax);
});
