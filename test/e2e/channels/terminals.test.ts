// Terminals and a browser at the ends of a line of servers: they hear each other, and what they whisper nobody between
// can read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Direct } from '../../../protocols/channels/speech.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { HostilePeer } from '../../channels/hostile-peer.js';
import { BOTH_DOORS, LISTENS, TownServer } from './town.js';

test('[RELAY-7] a browser, lines over TCP and a terminal on three servers hear each other in order', async (t) => {
  const a = await TownServer.start(t, ...LISTENS);
  const b = await TownServer.start(t, ...LISTENS, ...BOTH_DOORS, '--peer', a.peerPlace);
  const c = await TownServer.start(t, '--peer', b.peerPlace);
  await b.isLinkedWith(2);
  const [alice, bobby, carol] = [await a.browser('alice'), await b.lines('bobby'), await c.client('carol')];
  for (const text of ['one', 'two', '<img onerror=x>']) alice.say('lab', text);
  await bobby.hears('<img onerror=x>');
  bobby.say('lab', 'from the middle');
  const words = ['one', 'two', '<img onerror=x>', 'from the middle'];
  for (const text of words) assert.equal((await carol.hears('channel', { channel: 'lab' })).text, text);
  await carol.does('#lab from the end');
  await Promise.all([alice.hears('from the end'), bobby.hears('from the end')]);
  for (const visitor of [alice, bobby]) {
    assert.deepEqual(visitor.texts('lab'), [...words, 'from the end']);
    visitor.leave();
  }
});

test('[VISIT-3] a whisper between two servers is read at its ends and nowhere between', async (t) => {
  const a = await TownServer.start(t, ...LISTENS);
  const c = await TownServer.start(t, '--peer', a.peerPlace);
  await a.isLinkedWith(1);
  const spy = await HostilePeer.link(Number(a.peerPort));
  const [alice, carol] = [await a.client('alice'), await c.client('carol')];
  await carol.does('#lab here I am');
  await alice.hears('channel', { from: 'carol' });
  const secret = 'the key is under the mat';
  const { id } = await alice.does<{ id: string }>(`private carol ${secret}`);
  assert.equal((await carol.hears('private', { from: 'alice', text: secret })).id, id);
  const { cargo } = await spy.overhears('direct');
  const { sealed } = parseJson(cargo.payload) as Direct;
  assert.ok(!Buffer.from(sealed, 'base64url').includes(secret));
  const seen = spy.texts.join('\n');
  assert.ok(seen.includes('here I am') && !seen.includes(secret)); // it does see what is said aloud
  spy.leave();
});
