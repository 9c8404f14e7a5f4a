// Failures and refusals of the name server. Clients keep running and reconnect by themselves.

import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Answers } from '../../protocols/control/answer.js';
import { temporaryDirectory } from '../runtime/disk/temporary.js';
import { Testbed } from './testbed/testbed.js';

test('a killed and restarted name server keeps users and held letters, and clients reconnect', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  const carol = await testbed.online('carol');
  await bob.leaves();
  await alice.hears('offline', { user: 'bob' });
  const { id } = await alice.does<Answers['say']>('say bob kept by the server');
  await alice.hears('state', { id, state: 'held' });
  await Promise.all([alice.hears('connection', { state: 'online' }), carol.hears('connection', { state: 'online' })]);

  await testbed.server.kill();
  await Promise.all([
    alice.hears('connection', { state: 'retrying' }),
    carol.hears('connection', { state: 'retrying' }),
  ]);
  await testbed.server.restart();
  await Promise.all([alice.hears('connection', { state: 'online' }), carol.hears('connection', { state: 'online' })]);
  assert.equal((await carol.does<Answers['lookup']>('lookup bob')).user, 'bob');
  await alice.leaves();
  assert.equal((await (await testbed.online('bob')).hears('chat')).id, id);
});

test('linked friends can exchange messages while the name server is down', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  const { id } = await alice.does<Answers['say']>('say bob before');
  await alice.hears('state', { id, state: 'delivered' });
  await testbed.server.kill();
  await bob.hears('connection', { state: 'retrying' });
  const answer = await bob.does<Answers['say']>('say alice and after');
  await alice.hears('chat', { id: answer.id });
  await bob.hears('state', { id: answer.id, state: 'delivered' });
});

test('without a name server, online is refused with SERVER_AWAY, local commands work, and it retries', async (t) => {
  const testbed = await Testbed.during(t);
  await (await testbed.friends('alice', 'bob'))[0].leaves();
  await testbed.server.kill();
  const alice = await testbed.client('alice');
  const online = alice.refused('online');
  assert.equal(await online, 'SERVER_AWAY');
  assert.equal((await alice.does<Answers['whoami']>('whoami')).online, false);
  assert.equal((await alice.does<Answers['say']>('say bob later')).state, 'queued');
  assert.equal((await alice.does<Answers['list']>('list')).friends.length, 1);
  assert.equal((await alice.does<Answers['outbox']>('outbox')).messages.length, 1);
  assert.equal(await alice.refused('lookup bob'), 'SERVER_AWAY');
  assert.match((await alice.hears('connection', { state: 'retrying' })).reason, /\S/);
  await alice.does('add dave');
  await testbed.server.restart();
  await alice.hears('connection', { state: 'online' });
});

test('a name belongs to the key that registered it', async (t) => {
  const testbed = await Testbed.during(t);
  await (await testbed.online('alice')).leaves();
  renameSync(testbed.dataOf('alice'), testbed.dataOf('the-real-alice'));
  const impostor = await testbed.client('alice');
  assert.equal(await impostor.refused('online'), 'NAME_TAKEN');
  assert.equal((await impostor.does<Answers['whoami']>('whoami')).online, false);
  await impostor.leaves();
  renameSync(testbed.dataOf('alice'), testbed.dataOf('the-impostor'));
  renameSync(testbed.dataOf('the-real-alice'), testbed.dataOf('alice'));
  await testbed.online('alice');
});

test('closed registration accepts users with the invite code and registered users', async (t) => {
  const [right, wrongCode] = ['sesame', 'barley'].map((code) => {
    const path = join(temporaryDirectory(t), 'code');
    writeFileSync(path, `${code}\n`);
    return ['--invite-code-file', path];
  });
  assert.ok(right && wrongCode);
  const testbed = await Testbed.during(t, { serverFlags: right });
  const stranger = await testbed.client('mallory');
  assert.equal(await stranger.refused('online'), 'INVITE_NEEDED');
  const wrong = await testbed.client('malcolm', wrongCode);
  assert.equal(await wrong.refused('online'), 'INVITE_NEEDED');
  await (await testbed.online('alice', right)).leaves();
  await testbed.online('alice');
  assert.deepEqual(await stranger.refused('lookup malcolm'), 'USER_UNKNOWN');
});

test('an unregistered name is unknown, and only its old key can register it again', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await Promise.all([testbed.online('alice'), testbed.online('bob')]);
  await alice.does('unregister');
  assert.equal(await bob.refused('lookup alice'), 'USER_UNKNOWN');
  await alice.leaves();
  renameSync(testbed.dataOf('alice'), testbed.dataOf('the-real-alice'));
  const impostor = await testbed.client('alice');
  assert.equal(await impostor.refused('online'), 'NAME_TAKEN');
  await impostor.leaves();
  renameSync(testbed.dataOf('alice'), testbed.dataOf('the-impostor'));
  renameSync(testbed.dataOf('the-real-alice'), testbed.dataOf('alice'));
  await testbed.online('alice');
  assert.equal((await bob.does<Answers['lookup']>('lookup alice')).online, true);
});

test('an unlisted name server does not list online users', async (t) => {
  const testbed = await Testbed.during(t, { serverFlags: ['--unlisted'] });
  const alice = await testbed.online('alice');
  assert.equal(await alice.refused('who'), 'UNLISTED');
  assert.equal((await alice.does<Answers['lookup']>('lookup alice')).online, true);
});

test('the name server stops cleanly on a signal, and its clients notice', async (t) => {
  const testbed = await Testbed.during(t);
  const alice = await testbed.online('alice');
  assert.deepEqual(await testbed.server.terminate(), { code: 0, signal: null });
  await alice.hears('connection', { state: 'retrying' });
  const { status } = await testbed.server.restart().then(() => testbed.server.get('/v1/users/alice'));
  assert.equal(status, 200);
});
