// The doors of one server: who comes in, who is turned away, and who is given up.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { fakeKey } from '../../../sim/kernel/fake-primitives.js';
import { codesOf, sign, FakeClient, RelayTestbed } from './relay-testbed.js';

const alice = () => new FakeClient('alice');
const other = fakeKey('somebody else').publicKey;

test('[CHAN-1] the server speaks first, and an entry that answers its challenge is welcome', () => {
  const stage = new RelayTestbed();
  const visitor = stage.open();
  const [challenge] = stage.told(visitor);
  assert.equal(challenge?.type, 'challenge');
  assert.equal(challenge.server, stage.key);
  const who = alice();
  stage.frame(visitor, { type: 'enter', card: who.card(), entry: who.entry(stage.key, challenge.challenge) });
  assert.deepEqual(stage.told(visitor), [{ type: 'welcome', pingMs: LIMITS.channelClientPingMs }]);
  assert.equal(stage.relay.counts.entered, 1);
});

test('[CHAN-1] an entry for another server, challenge or key, or signed by another, ends the connection', () => {
  const who = alice();
  const stage = new RelayTestbed();
  const tries: ((challenge: string) => object)[] = [
    (challenge) => ({ entry: who.entry(other, challenge) }),
    () => ({ entry: who.entry(stage.key, other) }),
    (challenge) => ({ entry: who.entry(stage.key, challenge, { key: other }) }),
    (challenge) => ({ entry: new FakeClient('mallory').entry(stage.key, challenge, { key: who.key }) }),
    (challenge) => ({ entry: sign('card', JSON.parse(who.entry(stage.key, challenge).payload) as object, 'alice') }),
    () => ({ card: new FakeClient('mallory').card({ key: who.key }) }),
  ];
  for (const [nth, change] of tries.entries()) {
    const { visitor, challenge } = stage.knock();
    const right = { type: 'enter', card: who.card(), entry: who.entry(stage.key, challenge) };
    stage.frame(visitor, { ...right, ...change(challenge) });
    assert.deepEqual(codesOf(stage.told(visitor)), ['ENTRY_REFUSED'], `try ${nth}`);
    assert.ok(stage.isClosed(visitor));
  }
  assert.equal(stage.relay.visitors, 0);
  assert.equal(stage.relay.counts.refused_entries, tries.length);
});

test('[CHAN-1] a challenge answers for one connection only', () => {
  const stage = new RelayTestbed();
  const who = alice();
  const first = stage.knock();
  const second = stage.knock();
  const frame = { type: 'enter', card: who.card(), entry: who.entry(stage.key, first.challenge) };
  stage.frame(first.visitor, frame);
  stage.frame(second.visitor, frame);
  assert.deepEqual(codesOf(stage.told(second.visitor)), ['ENTRY_REFUSED']);
});

test('[CHAN-1] before the entry nothing else is understood, and it has to come within 10 s', () => {
  const stage = new RelayTestbed();
  const early = stage.knock().visitor;
  stage.frame(early, { type: 'join', channel: 'lake' });
  assert.deepEqual(codesOf(stage.told(early)), ['MALFORMED']);
  const late = stage.knock().visitor;
  stage.pass(LIMITS.channelEntryMs - 1);
  assert.ok(!stage.isClosed(late));
  stage.pass(1);
  assert.deepEqual(codesOf(stage.told(late)), ['TIMEOUT']);
  assert.ok(stage.isClosed(early) && stage.isClosed(late));
});

test('[CHAN-1] where too many are entering, the oldest of the network that has most gives way', () => {
  const stage = new RelayTestbed();
  const modest = stage.knock('10.9.9.9').visitor;
  const crowd = Array.from({ length: LIMITS.channelClientsEnteringMax }, () => stage.knock('10.0.0.1').visitor);
  assert.deepEqual(codesOf(stage.told(crowd[0] ?? 0)), ['SERVER_BUSY']);
  assert.ok(!stage.isClosed(modest));
  assert.equal(stage.relay.visitors, LIMITS.channelClientsEnteringMax);
});

test('[CHAN-2] a registered name is for the devices of its user', () => {
  const who = alice();
  const enter = (owners: readonly string[] | null): string[] => {
    const stage = new RelayTestbed({ ownersOf: (name) => (name === 'alice' ? owners : null) });
    const { visitor, challenge } = stage.knock();
    stage.frame(visitor, { type: 'enter', card: who.card(), entry: who.entry(stage.key, challenge) });
    return codesOf(stage.told(visitor));
  };
  assert.deepEqual(enter([other]), ['CHANNEL_NAME_TAKEN']);
  assert.deepEqual(enter([]), ['CHANNEL_NAME_TAKEN']);
  assert.deepEqual(enter([other, who.key]), []);
  assert.deepEqual(enter(null), []);
});

test('[CHAN-2] a reserved word is no name', () => {
  const stage = new RelayTestbed();
  const who = new FakeClient('adrnin');
  const { visitor, challenge } = stage.knock();
  stage.frame(visitor, { type: 'enter', card: who.card(), entry: who.entry(stage.key, challenge) });
  assert.deepEqual(codesOf(stage.told(visitor)), ['NAME_INVALID']);
  assert.ok(stage.isClosed(visitor));
});

test('[CHAN-11] everybody is pinged, and who says nothing for 60 s is given up', () => {
  const stage = new RelayTestbed();
  const silent = stage.enter(alice(), 'lake');
  const lively = stage.enter(new FakeClient('bob'), 'lake');
  for (let times = 0; times < 3; times += 1) {
    stage.pass(LIMITS.channelClientPingMs);
    stage.frame(lively, { type: 'pong' });
  }
  const told = stage.told(silent).map(({ type }) => type);
  assert.deepEqual(
    told.filter((type) => type !== 'came'),
    ['ping', 'ping', 'error'],
  );
  assert.ok(stage.isClosed(silent) && !stage.isClosed(lively));
  assert.deepEqual(
    stage.told(lively).find(({ type }) => type === 'left'),
    { type: 'left', channel: 'lake', key: new FakeClient('alice').key },
  );
});

test('[CHAN-12] what is no frame is MALFORMED, and the end', () => {
  const stage = new RelayTestbed();
  const wrong: unknown[] = [undefined, null, 1, [], {}, { type: 'join' }, { type: 'join', channel: 'A!' }];
  wrong.push({ type: 'pong', more: 1 }, { type: 'say', kind: 'loud', said: alice().says('lake', 'x') });
  for (const frame of wrong) {
    const visitor = stage.enter(alice());
    stage.frame(visitor, frame);
    assert.deepEqual(codesOf(stage.told(visitor)), ['MALFORMED']);
    assert.ok(stage.isClosed(visitor));
  }
  assert.equal(stage.relay.visitors, 0);
});

test('[CHAN-12] a second entry is MALFORMED', () => {
  const stage = new RelayTestbed();
  const who = alice();
  const visitor = stage.enter(who);
  stage.frame(visitor, { type: 'enter', card: who.card(), entry: who.entry(stage.key, other) });
  assert.deepEqual(codesOf(stage.told(visitor)), ['MALFORMED']);
});
