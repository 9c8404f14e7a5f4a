// A page and a terminal at the ends of a line of servers, a line client (TCP) in the middle. Messages arrive even if
// the middle server fails, and no server in between can read a direct message.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DirectMessage } from '../../../protocols/channels/signed-objects.js';
import type { ChannelClientFrame } from '../../../protocols/channels/client-protocol.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { HostilePeer } from '../../channels/hostile-peer.js';
import { BOTH_TRANSPORTS, LISTENS, ServerProcess } from '../channels/server-process.js';
import { channelTextsOf } from './setup.js';
import { withBrowser } from './chromium.js';
import { PageUser } from './page-user.js';

withBrowser();

test('[RELAY-7] a page, a line client and a terminal on three servers get each message once, in order', async (t) => {
  const [a, c] = await Promise.all([ServerProcess.start(t, ...LISTENS), ServerProcess.start(t, ...LISTENS)]);
  const b = await ServerProcess.start(t, ...BOTH_TRANSPORTS, '--peer', a.peerPlace, '--peer', c.peerPlace);
  await b.isLinkedWith(2);
  const [alice, bobby, carol] = await Promise.all([
    PageUser.start(t, a.page, 'alice', { channels: ['lab'] }),
    b.lines('bobby'),
    c.client('carol'),
  ]);
  const sent: string[] = [];
  const all = async (text: string, ...others: Promise<unknown>[]): Promise<void> => {
    sent.push(text);
    await Promise.all([alice.receives(text), ...others]);
  };
  for (const nth of [1, 2, 3]) {
    await alice.send(`alice ${nth}`);
    await all(`alice ${nth}`, bobby.hears(`alice ${nth}`));
    bobby.say('lab', `bobby ${nth}`);
    await all(`bobby ${nth}`, bobby.hears(`bobby ${nth}`));
    await carol.does(`#lab carol ${nth}`);
    await all(`carol ${nth}`, bobby.hears(`carol ${nth}`));
  }
  assert.deepEqual(bobby.texts('lab'), sent);
  await alice.sees('1 here, 2 on other servers');

  await b.kill();
  await a.order('connect', '127.0.0.1', c.peerPort);
  await a.isLinkedWith(1);
  await alice.send('round');
  await all('round');

  await b.revive();
  await b.isLinkedWith(2);
  const back = await b.lines('bobby');
  await carol.does('#lab triangle');
  await all('triangle', back.hears('triangle'));
  back.say('lab', 'from within');
  await all('from within', back.hears('from within'));
  await carol.hears('channel', { text: 'from within' });
  assert.deepEqual(await alice.texts(), sent);
  const ofCarol = new Set(['carol 1', 'carol 2', 'carol 3', 'triangle']); // a terminal does not get its own messages
  assert.deepEqual(
    channelTextsOf(carol),
    sent.filter((text) => !ofCarol.has(text)),
  );
  assert.deepEqual(back.texts('lab'), ['triangle', 'from within']);
  for (const client of [bobby, back]) client.leave();
});

test('[VISIT-3] a direct message between a page and a terminal is readable only at its ends', async (t) => {
  const a = await ServerProcess.start(t, ...LISTENS);
  const b = await ServerProcess.start(t, ...LISTENS, '--peer', a.peerPlace);
  const c = await ServerProcess.start(t, '--peer', b.peerPlace);
  await b.isLinkedWith(2);
  const spies = await Promise.all([a, b].map(({ peerPort }) => HostilePeer.link(Number(peerPort))));
  const [alice, carol] = await Promise.all([
    PageUser.start(t, a.page, 'alice', { channels: ['lab'] }),
    c.client('carol'),
  ]);
  const { deviceFingerprint } = await carol.does<{ deviceFingerprint: string }>('whoami');
  await carol.does('#lab here I am');
  await alice.receives('here I am');

  const dialog = await alice.openPerson('carol');
  await dialog.getByText(deviceFingerprint).waitFor();
  await alice.openDirect('carol');
  const [question, answer] = ['the key is under the mat', 'then I shall move it'];
  await alice.send(question);
  await carol.hears('private', { from: 'alice', text: question });
  await alice.sees('delivered');
  await carol.does(`private alice ${answer}`);
  await alice.receives(answer);

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
  assert.ok(spies.every(({ texts }) => texts.join('\n').includes('here I am'))); // they do see channel messages
  for (const spy of spies) spy.leave();
});

/** The decoded bytes of everything in a frame that is base64url. */
function sealedParts(text: string): string {
  return [...text.matchAll(/[\w-]{64,}/g)]
    .map(([part]) => Buffer.from(part, 'base64url').toString('latin1'))
    .join('\n');
}
