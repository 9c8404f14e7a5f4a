// Posts between two online friends: upload, lists, download, removal, and refusals. Each test makes its own posts.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Answers } from '../../../protocols/control/answer.js';
import type { PostSummary } from '../../../protocols/control/commands/posts.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import type { JsonClient } from '../testbed/json-client.js';
import { Testbed } from '../testbed/testbed.js';
import { fileHash, makeFile, makeSparse } from './files.js';

suite('posts of alice at bob', () => {
  let testbed: Testbed;
  let alice: JsonClient;
  let bob: JsonClient;
  const at = (name: string): string => join(testbed.directory, name);
  const upload = async (name: string, rest = ''): Promise<string> =>
    (await alice.does<Answers['post_upload']>(`post upload "${at(name)}" ${rest}`)).post;
  const listed = async (client: JsonClient, whose = ''): Promise<PostSummary[]> =>
    (await client.does<Answers['post_list']>(`post list ${whose}`)).posts;

  before(async () => {
    testbed = await Testbed.open();
    [alice, bob] = await testbed.friends('alice', 'bob');
    makeFile(at('lake.png'), Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), randomBytes(3_000_000)]));
  });
  after(() => testbed.close());

  test('[POST-26] a file arrives unchanged under the requested name', async () => {
    const post = await upload('lake.png', '--title "The lake"');
    const event = await bob.hears('post', { from: 'alice', post });
    assert.deepEqual([event.title, event.size, event.contentType], ['The lake', 3_000_008, 'image/png']);
    const got = await bob.does<Answers['post_get']>(`post get alice ${post} --to ${at('got.png')}`);
    assert.deepEqual(got, { post, path: at('got.png'), sha256: await fileHash(at('lake.png')) });
    assert.equal(await fileHash(at('got.png')), got.sha256);
    assert.equal((await bob.hears('post_done', { post })).path, at('got.png'));
    assert.equal(statSync(at('got.png')).mode & 0o777, 0o600);
    assert.deepEqual(readdirSync(join(testbed.dataOf('bob'), 'posts', 'parts')), []);
  });

  test('[POST-26] a download overwrites only files, and only with --force', async () => {
    const post = await upload('lake.png');
    await bob.hears('post', { post });
    makeFile(at('mine.txt'), 'mine');
    mkdirSync(at('folder'));
    symlinkSync(at('nowhere'), at('dangling'));
    for (const name of ['mine.txt', 'dangling']) {
      assert.equal(await bob.refused(`post get alice ${post} --to ${at(name)}`), 'FILE_EXISTS', name);
    }
    const placed = await bob.does<Answers['post_get']>(`post get alice ${post} --to ${at('folder')}`);
    assert.equal(placed.path, join(at('folder'), 'lake.png'));
    assert.equal(await bob.refused(`post get alice ${post} --to ${at('no/such/folder')}`), 'FILE_TROUBLE');
    assert.equal(readFileSync(at('mine.txt'), 'utf8'), 'mine');
    await bob.does(`post get alice ${post} --to ${at('mine.txt')} --force`);
    assert.equal(await fileHash(at('mine.txt')), await fileHash(at('lake.png')));
    assert.deepEqual(readdirSync(join(testbed.dataOf('bob'), 'posts', 'parts')), []);
  });

  test('[POST-4] [POST-5] empty files and file names that look like paths are handled', async () => {
    makeFile(at('..\\..\\x\u0007.txt'), 'x');
    const odd = await upload('..\\..\\x\u0007.txt');
    assert.equal((await bob.hears('post', { post: odd })).title, '..\\..\\x\u0007.txt');
    await bob.does(`post get alice ${odd}`);
    makeFile(at('empty'), '');
    const empty = await upload('empty');
    await bob.hears('post', { post: empty });
    const { path } = await bob.does<Answers['post_get']>(`post get alice ${empty}`);
    assert.equal(path, join(testbed.dataOf('bob'), 'downloads', 'empty'));
    assert.equal(statSync(path).size, 0);
  });

  test('[POST-4] an upload of a missing, irregular or too large file is refused and leaves nothing', async () => {
    symlinkSync('/dev/null', at('null'));
    makeSparse(at('too-large'), LIMITS.postBytes + 1);
    const before = readdirSync(join(testbed.dataOf('alice'), 'posts'));
    assert.equal(await alice.refused(`post upload ${at('too-large')}`), 'POST_TOO_LARGE');
    assert.equal(await alice.refused(`post upload ${testbed.directory}`), 'POST_NO_FILE');
    assert.equal(await alice.refused(`post upload ${at('null')}`), 'POST_NO_FILE');
    assert.equal(await alice.refused(`post upload ${at('nothing-here')}`), 'FILE_TROUBLE');
    assert.deepEqual(readdirSync(join(testbed.dataOf('alice'), 'posts')), before);
  });

  test('[POST-7] a text with any characters is in the feed at once', async () => {
    const text = 'grüße \x1b[2J‮ and more ✓';
    const { post } = await alice.does<Answers['post_text']>(`post text ${text}`);
    assert.equal((await bob.hears('post', { post })).text, text);
    const [newest] = (await bob.does<Answers['feed']>('feed --limit 1')).posts;
    assert.deepEqual([newest?.post, newest?.from, newest?.text], [post, 'alice', text]);
    const { path } = await bob.does<Answers['post_get']>(`post get alice ${post}`);
    assert.equal(readFileSync(path, 'utf8'), text);
  });

  test('lists have pages, the newest first', async () => {
    for (const text of ['one', 'two', 'three']) {
      const { post } = await alice.does<Answers['post_text']>(`post text ${text}`);
      await bob.hears('post', { post });
    }
    const all = await listed(bob, 'alice');
    const first = await listed(bob, 'alice --limit 2');
    const rest = await listed(bob, `alice --before ${first[1]?.post} --limit 50`);
    assert.deepEqual([...first, ...rest], all);
    assert.deepEqual(
      (await listed(alice)).map(({ post }) => post),
      all.map(({ post }) => post),
    );
    assert.equal(await bob.refused('post list erin'), 'NOT_FRIENDS');
    assert.equal(await bob.refused('post list alice --limit 0'), 'USAGE');
  });

  test('[POST-3] a removed post and its file are deleted at both ends', async () => {
    const post = await upload('lake.png');
    await bob.hears('post', { post });
    assert.ok(existsSync(join(testbed.dataOf('alice'), 'posts', post)));
    await alice.does(`post remove ${post}`);
    await bob.hears('post_removed', { from: 'alice', post });
    assert.equal(await bob.refused(`post get alice ${post}`), 'POST_UNKNOWN');
    assert.equal(await alice.refused(`post remove ${post}`), 'POST_UNKNOWN');
    assert.ok(!existsSync(join(testbed.dataOf('alice'), 'posts', post)));
  });

  test('[POST-19] a file that changed on disk is not served, and both users are informed', async () => {
    const post = await upload('lake.png', '--title gone');
    await bob.hears('post', { post });
    makeFile(join(testbed.dataOf('alice'), 'posts', post), 'something else');
    assert.equal(await bob.refused(`post get alice ${post} --to ${at('never')}`), 'POST_GONE');
    assert.match((await alice.hears('warning', { code: 'POST_DAMAGED' })).message, /"gone"/);
    assert.ok(!existsSync(at('never')));
  });

  test('[POST-19] an own copy that changed at equal size is not served, and its author is told', async () => {
    const post = await upload('lake.png', '--title swapped');
    await bob.hears('post', { post });
    makeFile(join(testbed.dataOf('alice'), 'posts', post), randomBytes(3_000_008));
    assert.equal(await bob.refused(`post get alice ${post} --to ${at('never')}`), 'POST_GONE');
    while (!/"swapped"/.test((await alice.hears('warning', { code: 'POST_DAMAGED' })).message));
    assert.ok(!existsSync(at('never')));
    assert.deepEqual(readdirSync(join(testbed.dataOf('bob'), 'posts', 'parts')), []);
  });

  test('[POST-15] the end of a friendship removes the posts', async () => {
    const [carol, dave] = await testbed.friends('carol', 'dave');
    const { post } = await carol.does<Answers['post_text']>('post text for friends');
    await dave.hears('post', { from: 'carol', post });
    await carol.does('remove dave');
    await dave.hears('friend_removed', { user: 'carol' });
    assert.deepEqual((await dave.does<Answers['feed']>('feed')).posts, []);
    assert.equal(await dave.refused('post list carol'), 'NOT_FRIENDS');
  });
});
