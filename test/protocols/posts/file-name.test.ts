// The names under which downloads are stored, for names that authors can choose freely.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { numberedName, storedName } from '../../../protocols/posts/file-name.js';

const stored = (name: string): string => storedName({ name, author: 'bob', id: 'ID' });

test('[POST-5] a file name of an author is made safe before a file is stored under it', () => {
  const names: [string, string][] = [
    ['lake.jpg', 'lake.jpg'],
    ['Überfahrt 2026.pdf', 'Überfahrt 2026.pdf'],
    ['.bashrc', 'bashrc'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..', 'bob-ID'],
    ['', 'bob-ID'],
    ['--rf', 'rf'],
    ['~root', 'root'],
    ['photo.png.', 'photo.png'],
    ['a\u202egnp.exe', 'a_gnp.exe'],
    ['a\u200bb\u0007c', 'a_b_c'],
    ['CON.txt', '_CON.txt'],
    ['console.txt', 'console.txt'],
    ['c:\\x|y?.txt', 'c__x_y_.txt'],
  ];
  for (const [name, expected] of names) assert.equal(stored(name), expected, name);
});

test('[POST-5] a long name is cut between characters, and keeps its ending', () => {
  const name = stored(`${'😀'.repeat(100)}.tar`);
  assert.ok(name.endsWith('😀.tar'));
  assert.ok(byteLength(name) <= LIMITS.postFileNameBytes);
});

test('[POST-34] a number stands before the ending', () => {
  assert.deepEqual(
    [1, 2].map((number) => numberedName('lake.jpg', number)),
    ['lake.jpg', 'lake (2).jpg'],
  );
  assert.equal(numberedName('README', 3), 'README (3)');
});
