// Posts while a user is offline: announced by letter, fetched from another friend or when the author returns.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Answers } from '../../../protocols/control/answer.js';
import { befriend, Testbed } from '../testbed/testbed.js';
import { fileHash, makeFile } from './files.js';

test('[POST-13] an offline friend gets the announcement later, even if the author is offline by then', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  await bob.leaves();
  const { post } = await alice.does<Answers['post_text']>('post text the ice is gone');
  await alice.leaves();
  const back = await testbed.online('bob');
  assert.equal((await back.hears('post', { from: 'alice', post })).text, 'the ice is gone');
});

test('[POST-29] [POST-30] while the author is offline, a friend serves only posts that may be reshared', async (t) => {
  const testbed = await Testbed.during(t);
  const [alice, bob] = await testbed.friends('alice', 'bob');
  const carol = await testbed.online('carol');
  await befriend(alice, carol);
  await befriend(bob, carol);
  const path = join(testbed.directory, 'album');
  makeFile(path, randomBytes(2_000_000));
  const upload = async (flag: string): Promise<string> => {
    const { post } = await alice.does<Answers['post_upload']>(`post upload ${path} ${flag}`);
    await Promise.all([bob.hears('post', { post }), carol.hears('post', { post })]);
    return post;
  };
  const [shared, own] = [await upload('--reshare'), await upload('')];
  for (const post of [shared, own]) await carol.does(`post get alice ${post}`);
  await alice.leaves();
  const got = await bob.does<Answers['post_get']>(`post get alice ${shared} --to ${join(testbed.directory, 'got')}`);
  assert.equal(await fileHash(got.path), await fileHash(path));
  const waiting = bob.does<Answers['post_get']>(`post get alice ${own}`);
  const again = await testbed.online('alice');
  assert.equal((await waiting).sha256, await fileHash(path));
  await again.leaves();
});
