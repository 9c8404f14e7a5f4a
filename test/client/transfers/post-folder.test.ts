// Where finished downloads are put: the usual folder, a folder of the user, names that are taken.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { OwnCopies } from '../../../client/transfers/own-copies.js';
import { PostFolder } from '../../../client/transfers/post-folder.js';
import { withPaths } from '../../../client/transfers/typed-paths.js';
import { temporaryDirectory } from '../../runtime/disk/temporary.js';

const AUTHOR = 'bob';

function setUp(context: TestContext) {
  const data = temporaryDirectory(context);
  const place = async (id: string, content: string, { to = null as string | null, force = false } = {}) => {
    const post = { author: AUTHOR, id, size: content.length, sha256: '' };
    return new Promise<string>((settle) => {
      const folder = new PostFolder(data, new OwnCopies(), (input) => {
        if (input.type === 'post_placed') settle(input.path);
        if (input.type === 'post_place_refused') settle(input.refusal.code);
      });
      const part = folder.partOf(post);
      mkdirSync(dirname(part), { recursive: true });
      writeFileSync(part, content);
      folder.perform({ type: 'post_place', post, name: 'lake.jpg', to, force });
    });
  };
  return { data, place };
}

test('[POST-34] downloads have the name of the author, with a number where it is taken by another file', async (t) => {
  const { data, place } = setUp(t);
  const at = (name: string): string => join(data, 'downloads', name);
  assert.equal(await place('one', 'first'), at('lake.jpg'));
  assert.equal(await place('two', 'second'), at('lake (2).jpg'));
  assert.equal(await place('one', 'first'), at('lake.jpg'), 'the same file again');
  assert.equal(await place('three', 'third', { force: true }), at('lake (3).jpg'), '--force is for --to');
  assert.equal(readFileSync(at('lake.jpg'), 'utf8'), 'first');
});

test('[POST-34] in a folder that the user names nothing is replaced without --force', async (t) => {
  const { data, place } = setUp(t);
  const to = join(data, 'films');
  mkdirSync(to);
  writeFileSync(join(to, 'lake.jpg'), 'mine');
  assert.equal(await place('one', 'first', { to }), join(to, 'lake (2).jpg'));
  assert.equal(await place('one', 'first', { to, force: true }), join(to, 'lake.jpg'));
  assert.deepEqual(readdirSync(to).sort(), ['lake (2).jpg', 'lake.jpg']);
  assert.equal(await place('two', 'second', { to: join(to, 'lake.jpg') }), 'FILE_EXISTS');
});

test('a typed path that begins with ~ is in the home directory, in every command with a path', () => {
  const [file, expected] = ['~/x', join('/home/alice', 'x')];
  const path = (command: Parameters<typeof withPaths>[0]): unknown => {
    const { path, to, file: found } = { path: null, to: null, file: null, ...withPaths(command, '/home/alice') };
    return path ?? to ?? found;
  };
  const commands: Parameters<typeof withPaths>[0][] = [
    { type: 'post_upload', path: file, title: null, isReshared: false },
    { type: 'post_get', user: 'bob', id: 'x', to: file, force: false },
    { type: 'export', format: 'json', to: file },
    { type: 'certificate', to: file },
    { type: 'backup', file, passphrase: '' },
    { type: 'restore', file, check: true, passphrase: '' },
    { type: 'identity_export', file, passphrase: '' },
    { type: 'identity_unlock', file, passphrase: '' },
    { type: 'evidence', group: 'lake', file, check: false },
  ];
  for (const command of commands) assert.equal(path(command), expected, command.type);
});
