// A removed member keeps its link, requests messages, replays old ones and sends new ones.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupFrame, GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { GroupMessage } from '../../../protocols/groups/group-message.js';
import { encodeFrame } from '../../../protocols/kit/frames.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { primitives } from '../../../runtime/crypto.js';
import { openIdentity } from '../../../runtime/disk/identity-file.js';
import { FriendLink, type ListeningClient } from '../../fuzz/wire/friend-link.js';
import { befriend, Testbed } from '../testbed/testbed.js';
import { historyOf, membersOf, SHORT_SILENCE, until } from './group-queries.js';

test('[GROUP-22] [GROUP-23] a removed member receives nothing, and nothing from it is accepted', async (context) => {
  const testbed = await Testbed.during(context);
  const [alice, bob, mallory] = await testbed.onlineAll(['alice', 'bob', 'mallory'], SHORT_SILENCE);
  await befriend(alice, mallory);
  await alice.does('create_group lake 0');
  for (const guest of [bob, mallory]) {
    await alice.does(`invite lake ${guest.user}`);
    await guest.hears('group_invite', { group: 'lake' });
    await guest.does('accept lake');
    await guest.hears('group_joined', { group: 'lake' });
  }
  await mallory.does('broadcast lake I belong');
  await until(async () => (await historyOf(bob)).length === 1 && (await historyOf(alice)).length === 1);
  await mallory.kill();

  const link = await Impostor.open(testbed, await testbed.listenerOf(alice));
  await alice.does('broadcast lake for all three');
  await until(() => Promise.resolve(link.messages.length === 1));
  await alice.does('remove_member lake mallory');
  await until(() => Promise.resolve(link.bodies.some((body) => body.type === 'entries')));
  const received = link.bodies.length;
  await alice.does('broadcast lake for two');
  link.requestAndReplay();
  await link.answered();
  assert.deepEqual(link.bodies.slice(received), []);
  const texts = ['I belong', 'for all three', 'for two'];
  await until(async () => (await historyOf(bob)).length === 3);
  for (const client of [alice, bob])
    assert.deepEqual(
      (await historyOf(client)).map(([, text]) => text),
      texts,
    );
  assert.deepEqual((await membersOf(bob)).members, ['alice', 'bob']);
  await link.close();
});

/** A client with the keys of mallory that ignores its removal. */
class Impostor {
  readonly bodies: GroupFrameBody[] = [];
  private group = '';
  private pongs = 0;
  private link: FriendLink | null = null;
  private readonly device;

  private constructor(directory: string) {
    this.device = openIdentity(directory).device;
  }

  static async open(testbed: Testbed, listener: ListeningClient): Promise<Impostor> {
    const impostor = new Impostor(testbed.dataOf('mallory'));
    const who = await testbed.caller('mallory');
    await until(async () => {
      impostor.link ??= await FriendLink.open(who, listener, (text) => impostor.receive(text));
      return impostor.link !== null;
    });
    return impostor;
  }

  get messages(): Signed[] {
    return this.bodies.flatMap((body) => (body.type === 'messages' ? body.messages : []));
  }

  /** Requests everything, replays a message, and sends a new one that cites an old epoch. */
  requestAndReplay(): void {
    const [message] = this.messages;
    if (!message) throw new Error('there is no message to replay');
    const { epoch, group } = JSON.parse(message.payload) as GroupMessage;
    const header = { group, epoch, by: 'mallory', device: this.device.publicKey, seq: 2, previous: null, before: 0 };
    const next: GroupMessage = { ...header, after: [], lamport: 9, at: 9, text: 'I still belong' };
    const signed = signObject('group_message', next, this.device, primitives);
    this.send({ type: 'message_request', have: [], past: false, skip: [] });
    this.send({ type: 'messages', messages: [message, signed], more: false });
    this.send({ type: 'acknowledgement', have: [{ device: this.device.publicKey, seq: 99 }] });
    this.link?.send(encodeFrame(JSON.stringify({ type: 'ping' })));
  }

  /** Resolves when the peer has processed every frame sent so far. */
  answered(): Promise<void> {
    return until(() => Promise.resolve(this.pongs > 0));
  }

  async close(): Promise<void> {
    await this.link?.close();
  }

  private send(body: GroupFrameBody): void {
    this.link?.send(encodeFrame(JSON.stringify({ type: 'group', group: this.group, body } satisfies GroupFrame)));
  }

  private receive(text: string): void {
    const frame = JSON.parse(text) as GroupFrame | { type: 'pong' };
    if (frame.type === 'pong') this.pongs += 1;
    if (frame.type !== 'group') return;
    this.group = frame.group;
    this.bodies.push(frame.body);
  }
}
