// Somebody who is removed keeps an open link, asks for more, replays what they have and goes on talking.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GroupFrame, GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { GroupMessage } from '../../../protocols/groups/group-message.js';
import { encodeFrame } from '../../../protocols/kit/frames.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { primitives } from '../../../runtime/crypto.js';
import { openIdentity } from '../../../runtime/disk/identity-file.js';
import { FriendLink } from '../../fuzz/wire/friend-link.js';
import { befriend, Testbed } from '../testbed/testbed.js';
import { historyOf, membersOf, SHORT_SILENCE, until } from './group-queries.js';

test('[GROUP-22] [GROUP-23] a removed member receives nothing and is believed nothing', async (context) => {
  const stage = await Testbed.during(context);
  const [alice, bob, mallory] = await Promise.all(
    ['alice', 'bob', 'mallory'].map((name) => stage.online(name, SHORT_SILENCE)),
  );
  assert.ok(alice && bob && mallory);
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

  const link = await Impostor.open(stage, (await alice.ready).tcp);
  await alice.does('broadcast lake for all three');
  await until(() => Promise.resolve(link.messages.length === 1));
  await alice.does('remove_member lake mallory');
  await until(() => Promise.resolve(link.bodies.some((body) => body.type === 'entries')));
  const heard = link.bodies.length;
  await alice.does('broadcast lake for two');
  link.insist();
  await link.answered();
  assert.deepEqual(link.bodies.slice(heard), []);
  const said = ['I belong', 'for all three', 'for two'];
  await until(async () => (await historyOf(bob)).length === 3);
  for (const client of [alice, bob])
    assert.deepEqual(
      (await historyOf(client)).map(([, text]) => text),
      said,
    );
  assert.deepEqual((await membersOf(bob)).members, ['alice', 'bob']);
  await link.close();
});

/** Mallory's own keys in other hands. */
class Impostor {
  readonly bodies: GroupFrameBody[] = [];
  private group = '';
  private pongs = 0;
  private link: FriendLink | null = null;
  private readonly device;

  private constructor(directory: string) {
    this.device = openIdentity(directory).device;
  }

  static async open(stage: Testbed, port: number): Promise<Impostor> {
    const impostor = new Impostor(stage.dataOf('mallory'));
    const { body } = await stage.server.get('/v1/users/mallory');
    const { record } = body as { record: Signed };
    const who = { name: 'mallory', device: impostor.device, record };
    await until(async () => {
      impostor.link ??= await FriendLink.open(who, port, (text) => impostor.hear(text));
      return impostor.link !== null;
    });
    return impostor;
  }

  get messages(): Signed[] {
    return this.bodies.flatMap((body) => (body.type === 'messages' ? body.messages : []));
  }

  /** Asks for everything, replays what was heard, and says something new under an old epoch. */
  insist(): void {
    const [heard] = this.messages;
    if (!heard) throw new Error('nothing was heard to replay');
    const { epoch, group } = JSON.parse(heard.payload) as GroupMessage;
    const place = { group, epoch, by: 'mallory', device: this.device.publicKey, seq: 2, previous: null, before: 0 };
    const message: GroupMessage = { ...place, after: [], lamport: 9, at: 9, text: 'I still belong' };
    const signed = signObject('group_message', message, this.device, primitives);
    this.send({ type: 'message_request', have: [], past: false });
    this.send({ type: 'messages', messages: [heard, signed], more: false });
    this.send({ type: 'acknowledgement', have: [{ device: this.device.publicKey, seq: 99 }] });
    this.link?.send(encodeFrame(JSON.stringify({ type: 'ping' })));
  }

  /** All that was sent so far has been dealt with. */
  answered(): Promise<void> {
    return until(() => Promise.resolve(this.pongs > 0));
  }

  async close(): Promise<void> {
    await this.link?.close();
  }

  private send(body: GroupFrameBody): void {
    this.link?.send(encodeFrame(JSON.stringify({ type: 'group', group: this.group, body } satisfies GroupFrame)));
  }

  private hear(text: string): void {
    const frame = JSON.parse(text) as GroupFrame | { type: 'pong' };
    if (frame.type === 'pong') this.pongs += 1;
    if (frame.type !== 'group') return;
    this.group = frame.group;
    this.bodies.push(frame.body);
  }
}
