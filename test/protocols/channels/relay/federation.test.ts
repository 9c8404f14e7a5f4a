// Several relays: a message sent on one is delivered on all, once and in order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { fakeKey } from '../../../sim/kernel/fake-primitives.js';
import { FakePeer } from './fake-peer.js';
import { RelayNetwork } from './relay-network.js';
import { FakeClient, sign, textsOf, type RelayTestbed } from './relay-testbed.js';

const LINE = ['ab', 'bc'];
const TRIANGLE = ['ab', 'bc', 'ca'];

function talkers(net: RelayNetwork, servers: string): Map<string, [FakeClient, number]> {
  const people = [...servers].map((name): [string, [FakeClient, number]] => {
    const who = new FakeClient(`${name}-person`);
    return [name, [who, net.at(name).enter(who, 'lake')]];
  });
  return new Map(people);
}

const COPY_BOOT = 7;

/** A copy of the data of a links with this server for a moment. */
function runCopy(at: RelayTestbed): void {
  const origin = fakeKey('a').publicKey;
  const cargo = sign('census', { origin, channels: [] }, 'a');
  const copy = new FakePeer(at, 'a');
  copy.send(copy.relayed(cargo, { boot: COPY_BOOT, kind: 'census' }));
  at.give({ type: 'peer_closed', link: copy.link, reason: 'ended' });
}

function say(
  net: RelayNetwork,
  server: string,
  [who, client]: [FakeClient, number] = [new FakeClient('xx'), 0],
  text = 'hi',
): void {
  net.at(server).say(client, who.says('lake', text));
}

test('[RELAY-7] in a line and in a triangle every member receives every message once, in order', () => {
  for (const pairs of [LINE, TRIANGLE]) {
    const net = RelayNetwork.of(['a', 'b', 'c'], pairs);
    const people = talkers(net, 'abc');
    for (let nth = 0; nth < 10; nth += 1)
      for (const [server, person] of people) say(net, server, person, `${server}${nth}`);
    net.settle();
    for (const [server, [, client]] of people) {
      const heard = textsOf(net.at(server).told(client));
      for (const sender of 'abc') {
        const theirs = heard.filter((text) => text.startsWith(sender));
        assert.deepEqual(
          theirs,
          Array.from({ length: 10 }, (_, nth) => `${sender}${nth}`),
        );
      }
    }
  }
});

test('[RELAY-7] a direct message goes over all links and is delivered only to its key', () => {
  const net = RelayNetwork.of(['a', 'b', 'c'], LINE);
  const people = talkers(net, 'abc');
  const [alice, a] = people.get('a') ?? [];
  const [carol, c = 0] = people.get('c') ?? [];
  assert.ok(alice && a && carol);
  net.at('a').direct(a, alice.sendsDirect(carol.key, 'AAAA'));
  net.settle();
  assert.deepEqual(textsOf(net.at('c').told(c)), ['AAAA']);
  assert.deepEqual(textsOf(net.at('b').told(people.get('b')?.[1] ?? 0)), []);
});

test('[RELAY-7] b crashes, a links with c, b returns: no duplicate and no loop in the triangle', () => {
  const net = RelayNetwork.of(['a', 'b', 'c'], LINE);
  const people = talkers(net, 'ac');
  say(net, 'a', people.get('a'), 'one');
  net.settle();
  net.cutOff('b');
  net.servers.delete('b');
  net.link('a', 'c');
  say(net, 'a', people.get('a'), 'two');
  net.settle();
  net.add('b', { boot: 2 });
  net.link('b', 'c');
  net.pass(10_000);
  const guest = net.at('b').enter(new FakeClient('guest'), 'lake');
  say(net, 'c', people.get('c'), 'three');
  net.pass(LIMITS.relayReorderMs);
  assert.deepEqual(textsOf(net.at('c').told(people.get('c')?.[1] ?? 0)), ['one', 'two', 'three']);
  assert.deepEqual(textsOf(net.at('a').told(people.get('a')?.[1] ?? 0)), ['one', 'two', 'three']);
  assert.deepEqual(textsOf(net.at('b').told(guest)), ['three']);
});

/** The number of links over which delivery is guaranteed although peers lie about hops [RELAY-7]. */
const REACH = LIMITS.relayHopsMax - LIMITS.relayNearHopsMax + 1;
const LINED_UP = [...'abcdefghij'];
const lies = fc.array(fc.record({ to: fc.integer({ min: 1, max: REACH }), hops: fc.integer({ min: 1, max: 17 }) }));

test('[RELAY-7] inflated hop counts do not stop delivery along honest paths of 9 hops or fewer', () => {
  const pairs = LINED_UP.slice(1).map((name, nth) => `${LINED_UP[nth]}${name}`);
  fc.assert(
    fc.property(lies, lies, (before, meanwhile) => {
      const net = RelayNetwork.of(LINED_UP, pairs);
      const who = new FakeClient('alice');
      const client = net.at('a').enter(who, 'lake');
      const member = net.at('j').enter(new FakeClient('jane'), 'lake');
      const malicious = LINED_UP.map((name) => new FakePeer(net.at(name), 'liar'));
      const [, first = ''] = LINED_UP;
      net.clog('a', first);
      net.at('a').say(client, who.says('lake', 'hi'));
      net.settle();
      const frame = malicious[0]?.received.find(({ type }) => type === 'relay');
      assert.ok(frame);
      for (const { to, hops } of before) {
        malicious[to]?.send({ ...frame, hops });
        net.settle();
      }
      for (const { to, hops } of meanwhile) malicious[to]?.send({ ...frame, hops });
      net.unclog('a', first);
      assert.deepEqual(textsOf(net.at('j').told(member)), ['hi']);
    }),
    { examples: [8, 9].map((hops) => [[{ to: 1, hops }], []]) },
  );
});

const raised = (net: RelayNetwork, name: string): number[] =>
  net.at(name).effects.flatMap((effect) => (effect.type === 'boot_raised' ? [effect.boot] : []));

test('[RELAY-14] copied data: a server whose copy ran is heard again, also by servers it has no link with', () => {
  const net = RelayNetwork.of(['a', 'b', 'c'], LINE);
  const people = talkers(net, 'abc');
  say(net, 'a', people.get('a'), 'before');
  net.settle();
  for (const name of 'bc') runCopy(net.at(name));
  net.cutOff('a');
  net.link('a', 'b');
  net.settle();
  net.pass(10_000);
  const told = net.at('b').effects.filter(({ type }) => type === 'boot_outdated');
  assert.deepEqual([raised(net, 'a'), told.length > 0], [[COPY_BOOT + 1], true]);
  say(net, 'a', people.get('a'), 'after');
  net.settle();
  for (const name of 'bc')
    assert.deepEqual(textsOf(net.at(name).told(people.get(name)?.[1] ?? 0)), ['before', 'after'], name);
});

test('[RELAY-14] what peers refused is sent again; a server in between that does not know passes it on', () => {
  const net = RelayNetwork.of(['a', 'b', 'c'], LINE);
  const people = talkers(net, 'abc');
  net.settle();
  net.pass(6_000);
  runCopy(net.at('c')); // b has not heard of the copy
  net.settle();
  say(net, 'a', people.get('a'), 'one');
  net.settle();
  say(net, 'a', people.get('a'), 'two');
  net.settle();
  net.pass(LIMITS.relayReorderMs);
  assert.deepEqual(raised(net, 'a'), [COPY_BOOT + 1]);
  assert.deepEqual(textsOf(net.at('c').told(people.get('c')?.[1] ?? 0)), ['one', 'two']);
  assert.deepEqual(textsOf(net.at('b').told(people.get('b')?.[1] ?? 0)), ['one', 'two']);
});

test('[RELAY-14] only a header that the origin signed raises a boot; a forged one cuts the link', () => {
  const net = RelayNetwork.of(['a'], []);
  const testbed = net.at('a');
  const liar = new FakePeer(testbed, 'liar');
  const { stamp } = liar.relayed(new FakeClient('x').says('lake', 'x'), { origin: testbed.key, boot: 99 }, 'liar');
  liar.send({ type: 'newer_boot', stamp });
  assert.ok(liar.isClosed);
  assert.deepEqual(raised(net, 'a'), []);
  const peer = new FakePeer(testbed, 'peer');
  for (let boot = 1; boot <= 50; boot += 1)
    peer.send({
      type: 'newer_boot',
      stamp: peer.relayed(new FakeClient('x').says('lake', 'x'), { origin: testbed.key, boot: boot * 2 }, 'a').stamp,
    });
  assert.equal(raised(net, 'a').length, LIMITS.relayBootNoticesBurst, 'two servers with one key do not race');
  assert.ok(!peer.isClosed);
});
