// How the words of a command with a path are split.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine } from '../../../../protocols/control/line/parse-line.js';

test('[CTRL-36] paths are split as in a shell', () => {
  const path = (typed: string): unknown => {
    const command = parseLine(`post upload ${typed}`, null);
    return command !== null && 'path' in command ? command.path : command;
  };
  for (const typed of ['my\\ photo.png', '"my photo.png"', "'my photo.png'", 'my" "photo.png', "my' photo'.png"]) {
    assert.equal(path(typed), 'my photo.png', typed);
  }
  assert.equal(path("bob's.png"), "bob's.png");
  assert.equal(path('C:\\films\\a.mkv'), 'C:\\films\\a.mkv');
  assert.equal(path('a\\\\b'), 'a\\b');
  assert.equal(path('"say \\"hi\\".png"'), 'say "hi".png');
  const got = parseLine('post get bob q3JYw0kEo1q5hZ2xT9uV7g --to ~/My\\ films --force', null);
  assert.ok(got !== null && 'to' in got && 'force' in got);
  assert.deepEqual([got.to, got.force], ['~/My films', true]);
  const search = parseLine("search don't from:bob", null);
  assert.ok(search !== null && 'words' in search);
  assert.deepEqual(search.words, ["don't"]);
});
