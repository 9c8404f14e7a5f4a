// Channels between real programs: terminals at two linked servers exchange messages by both transports.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Answers } from '../../../protocols/control/answer.js';
import type { JsonClient } from '../testbed/json-client.js';
import { befriend, Testbed } from '../testbed/testbed.js';

const OPEN_SERVER = ['--doors', 'ws,tcp', '--tcp-port', '0', '--peer-port', '0', '--no-discovery'];

const stageWith = (t: TestContext, ...serverFlags: string[]): Promise<Testbed> => Testbed.during(t, { serverFlags });

async function inLab(stage: Testbed, ...users: string[]): Promise<JsonClient[]> {
  const clients = await Promise.all(users.map((user) => stage.online(user)));
  for (const client of clients) await client.does('join lab');
  return clients;
}

test('members of a channel receive all messages once and in order; unknown people are shown as unknown', async (t) => {
  const stage = await stageWith(t, ...OPEN_SERVER);
  const [alice, bob] = (await inLab(stage, 'alice', 'bob')) as [JsonClient, JsonClient];
  const { device } = await bob.does<{ device: string }>('whoami');
  for (const text of ['one', 'two', '<img onerror=x> \u202e']) await bob.does(`#lab ${text}`);
  for (const text of ['one', 'two', '<img onerror=x> \u202e']) {
    const heard = await alice.hears('channel', { channel: 'lab', from: 'bob', text });
    assert.deepEqual([heard.key, heard.user, heard.isNamesake], [device, null, false]);
  }
  const { channels } = await alice.does<Answers['channels']>('channels');
  assert.deepEqual(
    channels.map(({ channel, joined, count }) => [channel, joined, count]),
    [['lab', true, 2]],
  );
  assert.equal(await bob.refused('#den hi'), 'CHANNEL_NOT_IN');
  await bob.does('part lab');
  assert.equal(await bob.refused('#lab hi'), 'CHANNEL_NOT_IN');
});

test('a private message reaches its recipient by name or fingerprint, and a friend is shown as a friend', async (t) => {
  const stage = await stageWith(t, ...OPEN_SERVER);
  const [alice, bob] = (await inLab(stage, 'alice', 'bob')) as [JsonClient, JsonClient];
  await befriend(alice, bob);
  const sent = await alice.does<Answers['private']>('private bob psst');
  assert.equal(sent.state, 'delivered');
  const heard = await bob.hears('private', { from: 'alice', text: 'psst' });
  assert.deepEqual([heard.id, heard.user], [sent.id, 'alice']);
  const { deviceFingerprint, fingerprint } = await alice.does<Record<string, string>>('whoami');
  for (const words of [deviceFingerprint, fingerprint].map((one) => one?.split(' ').slice(0, 3))) {
    await bob.does(`private ${words?.join('-')} by fingerprint`);
    await alice.hears('private', { from: 'bob', text: 'by fingerprint' });
    await bob.does(`private "${words?.join(' ')}" in quotes`);
    await alice.hears('private', { from: 'bob', text: 'in quotes' });
  }
  assert.equal(await alice.refused('private carol hi'), 'VISITOR_UNKNOWN');
  assert.equal(await alice.refused('private alice hi'), 'SELF');
});

test('with only the TCP transport on, terminals use it', async (t) => {
  const stage = await stageWith(t, '--doors', 'tcp', '--tcp-port', '0', '--no-discovery');
  const [alice, bob] = (await inLab(stage, 'alice', 'bob')) as [JsonClient, JsonClient];
  await alice.does('#lab hello');
  await bob.hears('channel', { from: 'alice', text: 'hello' });
});

test('after a server restart clients reconnect, join their channels again and report the gap', async (t) => {
  const stage = await stageWith(t, ...OPEN_SERVER);
  const [alice, bob] = (await inLab(stage, 'alice', 'bob')) as [JsonClient, JsonClient];
  await stage.server.kill();
  await alice.hears('warning', { code: 'CHANNEL_AWAY' });
  const waiting = alice.tell('#lab said while away');
  await stage.server.restart();
  await alice.hears('warning', { code: 'CHANNEL_MISSED' });
  await bob.hears('warning', { code: 'CHANNEL_MISSED' });
  assert.equal((await waiting).ok, true);
  await bob.does('#lab back');
  await alice.hears('channel', { from: 'bob', text: 'back' });
});

test('a server without channels, and a client that is offline, get a refusal of one line', async (t) => {
  const stage = await stageWith(t, '--no-channels');
  const alice = await stage.client('alice');
  assert.equal(await alice.refused('join lab'), 'NOT_ONLINE');
  await alice.does('online');
  assert.equal(await alice.refused('join lab'), 'CHANNELS_OFF');
});
