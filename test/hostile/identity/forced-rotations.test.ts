// A name server, or a friend, that says again and again that our data is an old copy.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';

const online = { type: 'online', acceptServer: false } as const;

const renewals = (client: Client) => client.told('warning').filter(({ code }) => code === 'RENEWED').length;

/** The name server answers every session of alice with RESTORED while this is true. */
function lyingAbout(testbed: Testbed): { lies: boolean } {
  const state = { lies: true };
  const hear = testbed.server.hear.bind(testbed.server);
  testbed.server.hear = (client, effect) => {
    const isProof = effect.type === 'session_send' && effect.frame.type === 'session';
    if (!state.lies || !isProof || client.name !== 'alice') return hear(client, effect);
    const frame = { type: 'refused', code: 'RESTORED', about: 'alice' };
    testbed.later(() => void client.give({ type: 'session_frame', session: effect.session, frame }));
  };
  return state;
}

function dropped(testbed: Testbed, client: Client): void {
  testbed.server.drop(client, 'broken');
  testbed.settle();
}

test('[CHAT-18] a name server that always says RESTORED makes a client change its device once a day', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  lyingAbout(testbed);
  dropped(testbed, alice);
  testbed.pass(LIMITS.keyRotationAfterReportMs / 2);
  assert.equal(renewals(alice), 1);
  testbed.pass(LIMITS.keyRotationAfterReportMs);
  assert.equal(renewals(alice), 2);
});

test('[CHAT-18] the client goes on trying, and a later true answer lets it in without another device', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const server = lyingAbout(testbed);
  dropped(testbed, alice);
  testbed.pass(60_000);
  server.lies = false;
  testbed.pass(LIMITS.reconnectCeilingMs * 2);
  assert.equal(alice.do({ type: 'whoami' }).online, true);
  assert.equal(renewals(alice), 1);
});

test('[CHAT-18] name server and friend together force one change of device a day', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const server = lyingAbout(testbed);
  dropped(testbed, alice);
  testbed.pass(60_000);
  server.lies = false;
  testbed.pass(LIMITS.reconnectCeilingMs * 2);
  for (let link = 901; link < 921; link += 1) {
    bob.dial(alice, link);
    bob.say(alice, link, bob.hello({ seen: 5 + link }));
    testbed.settle();
  }
  assert.equal(renewals(alice), 1);
});

test('[LETTER-9] letters sealed before many changes of device are opened after them', () => {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const bob = new FakePeer('bob', testbed);
  bob.befriend(alice);
  const letters = [];
  for (let day = 0; day < 5; day += 1) {
    const messages = [bob.message(alice, { seq: day + 1, text: `day ${day}` })];
    letters.push(bob.letter(alice, 'message', { epoch: 1, heard: 0, messages }));
    const server = lyingAbout(testbed);
    dropped(testbed, alice);
    testbed.pass(60_000);
    server.lies = false;
    testbed.pass(LIMITS.keyRotationAfterReportMs);
  }
  assert.equal(renewals(alice), 5);
  alice.command(online);
  testbed.settle();
  for (const letter of letters) bob.deliver(alice, letter);
  assert.deepEqual(alice.texts('bob'), ['day 0', 'day 1', 'day 2', 'day 3', 'day 4']);
});
