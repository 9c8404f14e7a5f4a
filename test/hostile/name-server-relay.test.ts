// A hostile name server tries to pass for the one that a client knows, or to log in there as the client.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JsonClient } from '../e2e/testbed/json-client.js';
import { befriend, Testbed } from '../e2e/testbed/testbed.js';
import { SessionClient } from '../nameserver/test-server.js';
import { HostileNameServer, type Attack } from './hostile-name-server.js';

/** Bob is registered at an honest server and offline; a letter of alice waits for him. */
async function heldLetter(test: import('node:test').TestContext) {
  const testbed = await Testbed.during(test);
  const [alice, bob] = await testbed.onlineAll(['alice', 'bob']);
  await befriend(alice, bob);
  await bob.does('exit');
  await bob.program.ended;
  await alice.does('say bob a letter that only bob may take');
  await alice.hears('state', { to: 'bob', state: 'held' });
  const port = Number(testbed.server.address.split(':')[1]);
  const session = SessionClient.at(port);
  const { server: key } = await session.greet();
  session.socket.terminate();
  return { testbed, honest: { port, key } };
}

const EXPECTED: Readonly<Record<Attack, string>> = {
  repeat: 'SERVER_UNPROVEN',
  relay: 'ORIGIN_FOREIGN',
  rewrite: 'SERVER_UNPROVEN',
};

for (const attack of ['repeat', 'relay', 'rewrite'] as const) {
  test(`[SESS-22] a client proves nothing to a server that tries to ${attack}, and its letters stay`, async (t) => {
    const { testbed, honest } = await heldLetter(t);
    const hostile = await HostileNameServer.start(t, honest, attack);
    const lured = new JsonClient({ server: hostile.address, user: 'bob', data: testbed.dataOf('bob') });
    t.after(() => lured.kill());
    await lured.ready;
    assert.equal(await lured.refused('online'), EXPECTED[attack]);
    assert.ok(hostile.received.includes('hello'));
    assert.ok(!hostile.received.includes('session'));
    await lured.kill();
    const bob = await testbed.online('bob');
    await bob.hears('chat', { from: 'alice', text: 'a letter that only bob may take' });
  });
}
