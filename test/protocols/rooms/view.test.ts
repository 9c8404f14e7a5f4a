// Rules of views (VIEW): agreement on members, and delivery of messages across a view change.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { RoomEffect } from '../../../protocols/rooms/room-server.js';
import { Acceptor } from '../../../protocols/rooms/view/acceptor.js';
import {
  highestAccepted,
  buildDecision,
  isAllLost,
  type PromiseReply,
} from '../../../protocols/rooms/view/view-builder.js';
import { Proposer } from '../../../protocols/rooms/view/proposer.js';
import { viewMembers, type ViewDecision } from '../../../protocols/rooms/view/view-decision.js';
import { TestCluster } from './test-cluster.js';

const CLOSING: ViewDecision = {
  ...{ view: 4, boots: [1, 1, 1, 0, 0], builtBy: { round: 1, by: 0 }, cut: [0, 0, 0, 0, 0] },
  ...{ tail: [], isFresh: false },
};
const BALLOT = { round: 3, by: 0 };

function promised(change: Partial<PromiseReply> = {}): PromiseReply {
  const report = { received: [2, 0, 0, 0, 0], messages: [] };
  const position = { generation: 1, count: 5 };
  return { boot: 1, accepted: null, report, hasLost: false, position, alive: 31, ...change };
}

const proposer = () => new Proposer({ self: 0, ballot: BALLOT, closing: CLOSING, startedAt: 0 });
const viewOf = (cluster: TestCluster, index: number) => cluster.server(index).replica.decision.view;
const membersAt = (cluster: TestCluster, index: number) => cluster.server(index).replica.members;
const modeOf = (cluster: TestCluster, index: number) => cluster.server(index).replica.mode;

function firstOf(effects: readonly RoomEffect[], type: RoomEffect['type']): number {
  return effects.findIndex((effect) => effect.type === type);
}

test('[VIEW-1] all servers install the same decision, and its members are a majority', () => {
  const cluster = TestCluster.ready(5);
  const decisions = cluster.nodes.map((_, index) => JSON.stringify(cluster.server(index).replica.decision));
  assert.equal(new Set(decisions).size, 1);
  const promises = new Map([
    [0, promised()],
    [1, promised()],
  ]);
  const plan = { self: 0, ballot: BALLOT, closing: CLOSING, promises, isFresh: false };
  assert.equal(buildDecision({ ...plan, eligible: [0, 1] }), null);
});

test('[VIEW-2] a promise is on disk before its answer, and a lower ballot is rejected', () => {
  const cluster = new TestCluster(3);
  cluster.advance(3_000);
  for (const effects of cluster.effects) {
    const promisedAt = effects.findIndex((effect) => effect.type === 'traced' && effect.text.startsWith('promises'));
    assert.equal(
      effects.slice(0, promisedAt).some(({ type }) => type === 'persist'),
      true,
    );
    assert.ok(firstOf(effects, 'persist') >= 0);
  }
  const acceptor = new Acceptor();
  assert.equal(acceptor.promise({ round: 2, by: 1 }), true);
  assert.equal(acceptor.promise({ round: 2, by: 0 }), false);
  assert.equal(acceptor.accept({ round: 1, by: 5 }, CLOSING), false);
  assert.equal(acceptor.accept({ round: 2, by: 1 }, CLOSING), true);
});

test('[VIEW-3] a member that promises is wedged and reports its messages', () => {
  const cluster = TestCluster.ready(3);
  const { replica, agreement } = cluster.server(2);
  const instance = replica.decision.view + 1;
  agreement.receive(1, 1, { type: 'prepare', instance, ballot: { round: 900, by: 1 } }, cluster.now);
  assert.equal(replica.mode, 'wedged');
  assert.deepEqual(agreement.acceptor.promised, { round: 900, by: 1 });
});

test('[VIEW-4] the accepted value of the highest ballot is proposed', () => {
  const accepted = (round: number, view: number) => ({ ballot: { round, by: 1 }, decision: { ...CLOSING, view } });
  const promises = new Map([
    [0, promised({ accepted: accepted(1, 7) })],
    [1, promised({ accepted: accepted(2, 8) })],
    [2, promised()],
  ]);
  assert.equal(highestAccepted(promises)?.view, 8);
  const trying = proposer();
  for (const [from, each] of promises) trying.addPromise(from, each);
  const [step] = trying.advance(LIMITS.roomPromiseWaitMs, 31);
  assert.ok(step?.type === 'propose' && step.decision.view === 8);
});

test('[VIEW-5] only a proposer with state builds; the cut is the highest reported count', () => {
  const stateless = proposer();
  for (const from of [0, 1, 2]) stateless.addPromise(from, promised(from === 0 ? { report: null } : {}));
  assert.deepEqual(stateless.advance(LIMITS.roomElectionMs, 31), []);
  const trying = proposer();
  const ahead = { received: [1, 7, 0, 0, 0], messages: [] };
  for (const from of [0, 1, 2]) trying.addPromise(from, promised(from === 1 ? { report: ahead } : {}));
  assert.deepEqual(trying.advance(LIMITS.roomPromiseWaitMs - 1, 31), []);
  const [step] = trying.advance(LIMITS.roomPromiseWaitMs, 31);
  assert.ok(step?.type === 'propose');
  assert.deepEqual(
    [step.decision.cut, viewMembers(step.decision)],
    [
      [2, 7, 0, 0, 0],
      [0, 1, 2],
    ],
  );
});

test('[VIEW-6] a server without state is a member only after it confirmed a snapshot', () => {
  const trying = proposer();
  for (const from of [0, 1, 2]) trying.addPromise(from, promised());
  trying.addPromise(3, promised({ report: null, boot: 9 }));
  trying.addPromise(4, promised({ report: null, boot: 9 }));
  assert.deepEqual(
    trying.advance(1, 31).map((step) => step.type === 'snapshot' && step.to),
    [3, 4],
  );
  trying.confirmSnapshot(3);
  assert.deepEqual(trying.advance(LIMITS.roomSnapshotWaitMs - 1, 31), []);
  const [step] = trying.advance(LIMITS.roomSnapshotWaitMs, 31);
  assert.ok(step?.type === 'propose');
  assert.deepEqual(step.decision.boots, [1, 1, 1, 9, 0]);
});

test('[VIEW-7] all members hear each other', () => {
  const promises = new Map([0, 1, 2, 3].map((index) => [index, promised({ alive: index === 1 ? 0b00110 : 31 })]));
  const plan = { self: 0, ballot: BALLOT, closing: CLOSING, promises, eligible: [0, 1, 2, 3], isFresh: false };
  assert.deepEqual(viewMembers(buildDecision(plan) ?? CLOSING), [0, 2, 3]);
});

test('[VIEW-8] a decision is fresh only if every member lost its state', () => {
  const lost = (index: number) => promised({ report: null, boot: index === 1 ? 1 : 2, hasLost: index === 1 });
  const promises = new Map([0, 1, 2].map((index) => [index, lost(index)]));
  assert.equal(isAllLost(CLOSING, promises), true);
  assert.equal(isAllLost(CLOSING, new Map([...promises, [2, promised({ report: null })]])), false);
  promises.delete(2);
  assert.equal(isAllLost(CLOSING, new Map([...promises, [3, lost(3)], [4, lost(4)]])), false);
});

test('[VIEW-8] a cluster whose servers all crashed restarts with fresh state', () => {
  const cluster = TestCluster.ready(3);
  for (const index of [0, 1, 2]) cluster.crash(index);
  for (const index of [0, 1]) cluster.start(index);
  cluster.advance(3_000);
  assert.deepEqual([modeOf(cluster, 0), modeOf(cluster, 1)], ['idle', 'idle']);
  cluster.start(2);
  cluster.advance(3_000);
  assert.deepEqual(membersAt(cluster, 0), [0, 1, 2]);
  assert.equal(cluster.server(0).replica.log.position.generation, viewOf(cluster, 0));
});

test('[VIEW-9] messages of a closing view are delivered up to the cut, in order, and not beyond', () => {
  const cluster = TestCluster.ready(3);
  const { replica } = cluster.server(0);
  const { view, boots } = replica.decision;
  const message = (from: number, seq: number, time: number) => {
    const operation = { type: 'chat', client: 1, room: 1, nick: 'n', text: `${from}.${seq}` } as const;
    return { view, from, boot: boots[from] ?? 0, seq, time, nth: seq, operation };
  };
  const tail = [message(2, 2, 31), message(2, 1, 30), message(1, 1, 30)];
  const before = replica.log.position.count;
  replica.install({ ...replica.decision, view: view + 1, cut: [0, 1, 1], tail, isFresh: false }, cluster.now);
  const latest = replica.log.recentMessages.map(({ operation }) => operation.text);
  assert.deepEqual([latest.slice(-2), replica.log.position.count - before], [['1.1', '2.1'], 2]);
});

test('[VIEW-10] a silent member leaves the view and rejoins when all members hear it', () => {
  const cluster = TestCluster.ready(5);
  cluster.isolated.add(4);
  cluster.advance(1_000);
  assert.deepEqual(membersAt(cluster, 0), [0, 1, 2, 3]);
  cluster.isolated.clear();
  cluster.advance(3_000);
  assert.deepEqual(membersAt(cluster, 4), [0, 1, 2, 3, 4]);
});

test('[VIEW-10] without a majority the view does not change', () => {
  const cluster = TestCluster.ready(5);
  const view = viewOf(cluster, 0);
  for (const index of [2, 3, 4]) cluster.crash(index);
  cluster.advance(5_000);
  assert.deepEqual([viewOf(cluster, 0), viewOf(cluster, 1)], [view, view]);
});

test('[VIEW-11] of the servers that see the need, the lowest proposes', () => {
  const cluster = TestCluster.ready(5);
  cluster.effects.forEach((effects) => effects.splice(0));
  cluster.crash(0);
  cluster.advance(1_000);
  const stood = cluster.effects.map((effects) =>
    effects.some((effect) => effect.type === 'traced' && effect.text.startsWith('starts ballot')),
  );
  assert.deepEqual(stood, [false, true, false, false, false]);
});

test('[VIEW-12] a server in an earlier view receives the last decision', () => {
  const cluster = TestCluster.ready(3);
  cluster.isolated.add(2);
  cluster.advance(1_500);
  const view = viewOf(cluster, 0);
  assert.ok(viewOf(cluster, 2) < view);
  cluster.isolated.clear();
  cluster.advance(300);
  assert.ok(viewOf(cluster, 2) >= view);
});

test('[VIEW-13] a restarted server is a member only when a view names its new boot', () => {
  const cluster = TestCluster.ready(3);
  cluster.crash(1);
  cluster.start(1);
  assert.deepEqual([modeOf(cluster, 1), cluster.server(1).replica.isMember], ['idle', false]);
  cluster.advance(3_000);
  assert.deepEqual([modeOf(cluster, 1), cluster.server(1).replica.decision.boots[1]], ['normal', 2]);
});

test('[VIEW-14] a returning server delivers what it missed, in order and once', () => {
  const cluster = TestCluster.ready(3);
  cluster.type(0, 'a:1', '/join 1');
  cluster.type(2, 'c:1', '/join 1');
  cluster.advance(20);
  cluster.isolated.add(2);
  cluster.advance(1_500);
  for (const text of ['one', 'two', 'three']) cluster.type(0, 'a:1', text);
  cluster.advance(100);
  cluster.isolated.clear();
  cluster.advance(3_000);
  const chat = cluster.receivedBy('c:1').filter((line) => line.startsWith('<'));
  assert.deepEqual(chat, ['<a:1> one', '<a:1> two', '<a:1> three']);
});
