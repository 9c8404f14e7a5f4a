// Channels in the client: who may be there, what a face hears, and whom a word means.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { fakeKey } from '../../../sim/kernel/fake-primitives.js';
import { FakeClient } from '../../../protocols/channels/relay/relay-testbed.js';
import type { Client } from '../harness/test-client.js';
import { Testbed } from '../harness/testbed.js';
import { ChannelTestbed } from '../harness/channel-testbed.js';

/** Clients that are friends, or not, with a relay to meet in. */
function withChannels(...names: string[]): { testbed: Testbed; relay: ChannelTestbed; clients: Client[] } {
  const testbed = new Testbed();
  const relay = new ChannelTestbed(testbed);
  return { testbed, relay, clients: testbed.online(...names) };
}

function join(testbed: Testbed, ...clients: Client[]): void {
  for (const client of clients) {
    const [ref] = client.command({ type: 'join', channel: 'lab' });
    testbed.settle();
    assert.equal(client.answer(ref)?.ok, true);
  }
}

function refused(testbed: Testbed, client: Client, command: Parameters<Client['command']>[0]): string | null {
  const [ref] = client.command(command);
  testbed.settle();
  const answer = client.answer(ref);
  return answer && !answer.ok ? `${answer.refusal.code} ${answer.refusal.about}` : null;
}

/** A stranger with that name, in the lab and heard there. */
function stranger(testbed: Testbed, relay: ChannelTestbed, name: string, key = `stranger ${name}`): FakeClient {
  const one = new FakeClient(key);
  const said = one.says('lab', 'hello', { name, at: testbed.now });
  const send = relay.enter((offer) => {
    return { type: 'enter', card: one.card({ name }), entry: one.entry(offer) };
  });
  send({ type: 'join', channel: 'lab' });
  send({ type: 'say', kind: 'channel', said });
  testbed.settle();
  return one;
}

const lineOf = (client: Client): unknown[] => client.do({ type: 'channels' }).channels.map(({ channel }) => channel);

test('the client connects only while it is online and in a channel', () => {
  const { testbed, relay, clients } = withChannels('alice');
  const [alice] = clients as [Client];
  assert.deepEqual(relay.requests, []);
  assert.deepEqual(alice.do({ type: 'channels' }), { connection: 'asleep', channels: [] });
  join(testbed, alice);
  assert.equal(relay.requests.length, 1);
  alice.do({ type: 'offline' });
  testbed.settle();
  assert.equal(alice.do({ type: 'channels' }).connection, 'asleep');
  for (const command of [
    { type: 'join', channel: 'lab' },
    { type: 'channel', channel: 'lab', text: 'hi' },
    { type: 'private', to: 'bob', text: 'hi' },
  ] as const) {
    assert.match(refused(testbed, alice, command) ?? '', /^NOT_ONLINE/);
  }
});

test('who is online again is back in their channels', () => {
  const { testbed, clients } = withChannels('alice', 'bob');
  const [alice, bob] = clients as [Client, Client];
  join(testbed, alice, bob);
  alice.do({ type: 'offline' });
  testbed.settle();
  testbed.pass(60_000);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  bob.command({ type: 'channel', channel: 'lab', text: 'welcome back' });
  testbed.settle();
  assert.equal(alice.told('channel').at(-1)?.text, 'welcome back');
  assert.match(alice.told('warning').at(-1)?.message ?? '', /#lab for 60 s/);
});

test('what is said is told to the others once, with one id, and answered to who said it', () => {
  const { testbed, clients } = withChannels('alice', 'bob', 'carol');
  const [alice, bob, carol] = clients as [Client, Client, Client];
  join(testbed, alice, bob, carol);
  const [ref] = alice.command({ type: 'channel', channel: 'lab', text: 'hi' });
  testbed.settle();
  const answer = alice.answer(ref);
  assert.ok(answer?.ok && 'id' in answer.data);
  assert.deepEqual(alice.told('channel'), []);
  for (const client of [bob, carol]) {
    assert.deepEqual(
      client.told('channel').map(({ id, from, text, key }) => [id, from, text, key]),
      [[answer.data.id, 'alice', 'hi', alice.device]],
    );
  }
});

test('a friend is known by their record, a stranger is not, and a namesake of a friend is called one', () => {
  const testbed = new Testbed();
  const relay = new ChannelTestbed(testbed);
  const [alice, bob] = testbed.friends();
  join(testbed, alice, bob);
  bob.command({ type: 'channel', channel: 'lab', text: 'hi' });
  testbed.settle();
  stranger(testbed, relay, 'carol');
  stranger(testbed, relay, 'bob');
  stranger(testbed, relay, 'alice');
  assert.deepEqual(
    alice.told('channel').map(({ from, user, isNamesake }) => [from, user, isNamesake]),
    [
      ['bob', 'bob', false],
      ['carol', null, false],
      ['bob', null, true],
      ['alice', null, true],
    ],
  );
});

test('a private message goes to the friend of that name, never to a namesake', () => {
  const testbed = new Testbed();
  const relay = new ChannelTestbed(testbed);
  const [alice, bob] = testbed.friends();
  join(testbed, alice);
  stranger(testbed, relay, 'bob');
  assert.match(
    refused(testbed, alice, { type: 'private', to: 'bob', text: 'psst' }) ?? '',
    /^AMBIGUOUS bob \(\w+(-\w+){5}\)/,
  );
  join(testbed, bob);
  const [ref] = alice.command({ type: 'private', to: 'bob', text: 'psst' });
  testbed.settle();
  assert.equal(alice.answer(ref)?.ok, true);
  const [heard] = bob.told('private');
  assert.deepEqual([heard?.from, heard?.user, heard?.text], ['alice', 'alice', 'psst']);
});

test('a private message takes each form of a key that whoami shows', () => {
  const testbed = new Testbed();
  new ChannelTestbed(testbed);
  const [alice, bob] = testbed.friends();
  join(testbed, alice, bob);
  const { key, fingerprint, device, deviceFingerprint } = bob.do({ type: 'whoami' });
  const forms = [key, device, fingerprint, deviceFingerprint, fingerprint.replaceAll(' ', '-')];
  for (const to of forms) {
    const [ref] = alice.command({ type: 'private', to, text: to });
    testbed.settle();
    assert.equal(alice.answer(ref)?.ok, true, to);
  }
  assert.deepEqual(
    bob.told('private').map(({ text }) => text),
    forms,
  );
});

test('of two strangers with one name none is meant; a fingerprint, its beginning or the key say which', () => {
  const { testbed, relay, clients } = withChannels('alice');
  const [alice] = clients as [Client];
  join(testbed, alice);
  stranger(testbed, relay, 'carol', 'one');
  const other = stranger(testbed, relay, 'carol', 'other');
  const both = refused(testbed, alice, { type: 'private', to: 'carol', text: 'hi' });
  assert.match(both ?? '', /^AMBIGUOUS carol \(\w+(-\w+){5}, \w+(-\w+){5}\)$/);
  assert.match(refused(testbed, alice, { type: 'private', to: 'user:carol', text: 'hi' }) ?? '', /^AMBIGUOUS/);
  const fingerprint = alice.told('channel').find(({ key }) => key === other.key)?.fingerprint ?? '';
  const beginning = fingerprint.split(' ').slice(0, 2);
  for (const to of [fingerprint, beginning.join('-'), beginning.join(' '), other.key]) {
    const [ref] = alice.command({ type: 'private', to, text: 'hi' });
    testbed.settle();
    assert.equal(alice.answer(ref), null, 'on its way: no participant has that key here');
  }
  assert.match(
    refused(testbed, alice, { type: 'private', to: beginning[0]?.slice(0, 2) ?? '', text: 'hi' }) ?? '',
    /^VISITOR/,
  );
  testbed.pass(LIMITS.directMessageGiveUpMs + 1_000);
});

test('a fingerprint of the user works as well as that of the device', () => {
  const testbed = new Testbed();
  new ChannelTestbed(testbed);
  const [alice, bob] = testbed.friends();
  join(testbed, alice, bob);
  const { fingerprint, deviceFingerprint } = bob.do({ type: 'whoami' });
  for (const to of [fingerprint, deviceFingerprint]) {
    const [ref] = alice.command({ type: 'private', to, text: 'hi' });
    testbed.settle();
    assert.equal(alice.answer(ref)?.ok, true);
  }
});

test('[FRIEND-4] of whom we have blocked nothing is heard on channels, and nothing goes to them', () => {
  const testbed = new Testbed();
  new ChannelTestbed(testbed);
  const [alice, bob] = testbed.friends();
  join(testbed, alice, bob);
  alice.do({ type: 'block', user: 'bob' });
  bob.command({ type: 'channel', channel: 'lab', text: 'hi' }, { type: 'private', to: 'alice', text: 'psst' });
  testbed.settle();
  testbed.pass(2 * LIMITS.directMessageGiveUpMs);
  assert.deepEqual([alice.told('channel'), alice.told('private')], [[], []]);
  assert.match(refused(testbed, alice, { type: 'private', to: 'bob', text: 'hi' }) ?? '', /^BLOCKED/);
});

test('a broken connection is told once, and what was missed once we are back', () => {
  const { testbed, relay, clients } = withChannels('alice');
  const [alice] = clients as [Client];
  join(testbed, alice);
  relay.isUp = false;
  relay.breakDown();
  relay.pass(20_000);
  relay.isUp = true;
  relay.pass(90_000);
  assert.deepEqual(
    alice.told('warning').map(({ code }) => code),
    ['CHANNEL_AWAY', 'CHANNEL_MISSED'],
  );
  assert.equal(alice.do({ type: 'channels' }).connection, 'open');
});

test('a channel that was parted from is gone, and of it nothing is told', () => {
  const { testbed, relay, clients } = withChannels('alice');
  const [alice] = clients as [Client];
  join(testbed, alice);
  assert.deepEqual(lineOf(alice), ['lab']);
  alice.do({ type: 'part', channel: 'lab' });
  testbed.settle();
  stranger(testbed, relay, 'carol');
  assert.deepEqual([lineOf(alice), alice.told('channel')], [[], []]);
  assert.match(refused(testbed, alice, { type: 'part', channel: 'lab' }) ?? '', /^CHANNEL_NOT_IN/);
});

test('[VISIT-8] a server with another key than the one pinned is not entered', () => {
  const testbed = new Testbed();
  new ChannelTestbed(testbed, fakeKey('another server'));
  const [alice] = testbed.online('alice') as [Client];
  assert.match(refused(testbed, alice, { type: 'join', channel: 'lab' }) ?? '', /^SERVER_CHANGED/);
});
