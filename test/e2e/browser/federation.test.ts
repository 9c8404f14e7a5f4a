// A page at one end of a line of servers, a terminal at the other, lines of TCP between: they hear each other whatever
// happens to the middle, and what they whisper nobody between can read.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DirectMessage } from '../../../protocols/channels/signed-objects.js';
import type { ChannelClientFrame } from '../../../protocols/channels/client-protocol.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { HostilePeer } from '../../channels/hostile-peer.js';
import { BOTH_TRANSPORTS, LISTENS, ServerProcess } from '../channels/server-process.js';
import { heardBy } from './setup.js';
import { withBrowser } from './chromium.js';
import { PageUser } from './page-user.js';

withBrowser();

test('[RELAY-7] a page, a line client and a terminal on three servers hear each word once, in order', async (t) => {
  const [a, c] = await Promise.all([ServerProcess.start(t, ...LISTENS), ServerProcess.start(t, ...LISTENS)]);
  const b = await ServerProcess.start(t, ...BOTH_TRANSPORTS, '--peer', a.peerPlace, '--peer', c.peerPlace);
  await b.isLinkedWith(2);
  const [alice, bobby, carol] = await Promise.all([
    PageUser.enter(t, a.page, 'alice', { channels: ['lab'] }),
    b.lines('bobby'),
    c.client('carol'),
  ]);
  const spoken: string[] = [];
  const all = async (text: string, ...others: Promise<unknown>[]): Promise<void> => {
    spoken.push(text);
    await Promise.all([alice.hears(text), ...others]);
  };
  for (const nth of [1, 2, 3]) {
    await alice.say(`alice ${nth}`);
    await all(`alice ${nth}`, bobby.hears(`alice ${nth}`));
    bobby.say('lab', `bobby ${nth}`);
    await all(`bobby ${nth}`, bobby.hears(`bobby ${nth}`));
    await carol.does(`#lab carol ${nth}`);
    await all(`carol ${nth}`, bobby.hears(`carol ${nth}`));
  }
  assert.deepEqual(bobby.texts('lab'), spoken);
  await alice.sees('1 here, 2 on other servers');

  await b.kill();
  await a.order('connect', '127.0.0.1', c.peerPort);
  await a.isLinkedWith(1);
  await alice.say('round');
  await all('round');

  await b.revive();
  await b.isLinkedWith(2);
  const back = await b.lines('bobby');
  await carol.does('#lab triangle');
  await all('triangle', back.hears('triangle'));
  back.say('lab', 'from within');
  await all('from within', back.hears('from within'));
  await carol.hears('channel', { text: 'from within' });
  assert.deepEqual(await alice.texts(), spoken);
  const ofCarol = new Set(['carol 1', 'carol 2', 'carol 3', 'triangle']); // a terminal is not told its own words
  assert.deepEqual(
    heardBy(carol),
    spoken.filter((text) => !ofCarol.has(text)),
  );
  assert.deepEqual(back.texts('lab'), ['triangle', 'from within']);
  for (const visitor of [bobby, back]) visitor.leave();
});

test('[VISIT-3] a whisper between a page and a terminal is read at its ends and nowhere between', async (t) => {
  const a = await ServerProcess.start(t, ...LISTENS);
  const b = await ServerProcess.start(t, ...LISTENS, '--peer', a.peerPlace);
  const c = await ServerProcess.start(t, '--peer', b.peerPlace);
  await b.isLinkedWith(2);
  const spies = await Promise.all([a, b].map(({ peerPort }) => HostilePeer.link(Number(peerPort))));
  const [alice, carol] = await Promise.all([
    PageUser.enter(t, a.page, 'alice', { channels: ['lab'] }),
    c.client('carol'),
  ]);
  const { deviceFingerprint } = await carol.does<{ deviceFingerprint: string }>('whoami');
  await carol.does('#lab here I am');
  await alice.hears('here I am');

  const dialog = await alice.lookAt('carol');
  await dialog.getByText(deviceFingerprint).waitFor();
  await alice.speakInPrivate('carol');
  const [question, answer] = ['the key is under the mat', 'then I shall move it'];
  await alice.say(question);
  await carol.hears('private', { from: 'alice', text: question });
  await alice.sees('delivered');
  await carol.does(`private alice ${answer}`);
  await alice.hears(answer);

  const said = alice.frames.sent.map((text) => parseJson(text) as ChannelClientFrame);
  const [first] = said.flatMap((frame) => (frame.type === 'say' && frame.kind === 'direct' ? [frame.said] : []));
  const { sealed } = parseJson(first?.payload ?? '') as DirectMessage;
  for (const spy of spies) {
    assert.equal((parseJson((await spy.overhears('direct')).cargo.payload) as DirectMessage).sealed, sealed);
  }
  const links = [alice.frames.sent, alice.frames.received, ...spies.map(({ texts }) => texts)];
  for (const texts of links) {
    const bytes = texts.map((text) => text + sealedParts(text)).join('\n');
    assert.ok(!bytes.includes(question) && !bytes.includes(answer));
  }
  assert.ok(spies.every(({ texts }) => texts.join('\n').includes('here I am'))); // they do see what is said aloud
  for (const spy of spies) spy.leave();
});

/** What stands in a frame as base64url, as bytes. */
function sealedParts(text: string): string {
  return [...text.matchAll(/[\w-]{64,}/g)]
    .map(([part]) => Buffer.from(part, 'base64url').toString('latin1'))
    .join('\n');
}
