// A device that is renewed while it is in channels: the next one goes where it was, and nowhere else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readRecord } from '../../../../protocols/directory/record-verification.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import type { Client } from '../harness/test-client.js';
import { renewals } from '../harness/old-copy.js';
import { Testbed } from '../harness/testbed.js';
import { ChannelTestbed } from '../harness/channel-testbed.js';

/** Clients that are online, and a relay that lets under a name only its devices in. */
function withChannels(...names: string[]): { testbed: Testbed; relay: ChannelTestbed; clients: Client[] } {
  const testbed = new Testbed();
  const relay = new ChannelTestbed(testbed, undefined, (name) => {
    const record = readRecord(testbed.server.records.get(name) ?? { payload: '', signature: '' }, fakePrimitives);
    return record?.devices.map(({ device }) => device) ?? null;
  });
  return { testbed, relay, clients: testbed.online(...names) };
}

function join(testbed: Testbed, client: Client, channel: string): void {
  const [ref] = client.command({ type: 'join', channel });
  testbed.settle();
  assert.equal(client.answer(ref)?.ok, true);
}

/** The name server finds out that this is an old copy, as it does when another copy was online meanwhile. */
function renew(testbed: Testbed, client: Client): void {
  client.command({ type: 'offline' });
  client.store.putSetting('restored', 'true');
  client.command({ type: 'online', acceptServer: false });
  testbed.settle();
}

const channelsOf = (client: Client): string[] =>
  client.do({ type: 'channels' }).channels.flatMap(({ channel, joined }) => (joined ? [channel] : []));

const warned = (client: Client): string[] =>
  client.told('warning').flatMap(({ code, message }) => (code === 'RENEWED' ? [] : [`${code} ${message}`]));

test('[CHAT-18] a new device is where the old one was, under its own key, and says that it was away', () => {
  const { testbed, clients } = withChannels('alice', 'bob');
  const [alice, bob] = clients as [Client, Client];
  for (const channel of ['lab', 'pond']) join(testbed, alice, channel);
  join(testbed, bob, 'lab');
  const { device } = alice;
  renew(testbed, alice);
  assert.equal(renewals(alice), 1);
  assert.deepEqual(channelsOf(alice), ['lab', 'pond']);
  alice.command({ type: 'channel', channel: 'lab', text: 'me again' });
  bob.command({ type: 'channel', channel: 'lab', text: 'hi' });
  testbed.settle();
  assert.notEqual(alice.device, device);
  assert.deepEqual([bob.told('channel').at(-1)?.key, alice.told('channel').at(-1)?.text], [alice.device, 'hi']);
  const keys = bob.do({ type: 'channels' }).channels.flatMap(({ here }) => here.map(({ key }) => key));
  assert.deepEqual(keys.toSorted(), [alice.device, bob.device].toSorted());
  assert.match(warned(alice).join(), /^CHANNEL_MISSED .*#lab for .*CHANNEL_MISSED .*#pond for/);
});

test('[CHAT-18] a new device goes nowhere where the old one was not, nor where it had parted', () => {
  const { testbed, relay, clients } = withChannels('alice');
  const [alice] = clients as [Client];
  renew(testbed, alice);
  assert.deepEqual([relay.requests.length, alice.do({ type: 'channels' }).connection], [0, 'asleep']);
  for (const channel of ['lab', 'pond']) join(testbed, alice, channel);
  alice.do({ type: 'part', channel: 'pond' });
  renew(testbed, alice);
  assert.deepEqual(channelsOf(alice), ['lab']);
});

test('[CHAT-18] channels of the old device are taken over once: after a restart the client is in none', () => {
  const { testbed, clients } = withChannels('alice');
  const [alice] = clients as [Client];
  join(testbed, alice, 'lab');
  renew(testbed, alice);
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  assert.deepEqual(alice.do({ type: 'channels' }), { connection: 'asleep', channels: [] });
});

test('[CHAT-18] a device that is renewed before it was online leaves what it was to take', () => {
  const { testbed, clients } = withChannels('alice');
  const [alice] = clients as [Client];
  join(testbed, alice, 'lab');
  testbed.server.isUp = false;
  testbed.server.drop(alice, 'down');
  renew(testbed, alice);
  testbed.pass(600_000);
  renew(testbed, alice);
  assert.equal(renewals(alice), 2);
  testbed.server.isUp = true;
  testbed.pass(2 * LIMITS.reconnectCeilingMs);
  assert.deepEqual(channelsOf(alice), ['lab']);
  assert.match(warned(alice).join(), /#lab for 1\d min/);
});

test('[CHAT-18] a device that died before it was renewed is not its own heir', () => {
  const { testbed, clients } = withChannels('alice');
  const [alice] = clients as [Client];
  join(testbed, alice, 'lab');
  const { passes } = testbed;
  testbed.passes = (client, effect) => effect.type !== 'renew_device' && passes(client, effect);
  testbed.server.isUp = false;
  renew(testbed, alice);
  alice.store.putSetting('restored', 'false');
  testbed.server.isUp = true;
  testbed.restart(alice);
  alice.command({ type: 'online', acceptServer: false });
  testbed.settle();
  assert.equal(renewals(alice), 0);
  assert.deepEqual(alice.do({ type: 'channels' }), { connection: 'asleep', channels: [] });
});

test('[CHAT-18] a channel that does not let the new device in is told', () => {
  const { testbed, relay, clients } = withChannels('alice');
  const [alice] = clients as [Client];
  join(testbed, alice, 'lab');
  relay.isUp = false;
  renew(testbed, alice);
  relay.pass(LIMITS.channelClientWaitMs + 1_000);
  assert.match(warned(alice).join(), /^CHANNEL_AWAY /);
  relay.isUp = true;
  relay.pass(60_000);
  assert.deepEqual(channelsOf(alice), ['lab']);
});
