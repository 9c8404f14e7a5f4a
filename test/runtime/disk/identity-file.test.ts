// Keys are made once, kept private, and never replaced because a file was damaged.

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeFileAtomically } from '../../../runtime/disk/atomic-file.js';
import { openIdentity, openServerKey } from '../../../runtime/disk/identity-file.js';
import { temporaryDirectory } from './temporary.js';

const publicKeys = (keys: ReturnType<typeof openIdentity>) =>
  [keys.identity, keys.device, keys.exchange].map(({ publicKey }) => publicKey);

test('an identity is made once and is the same ever after', (context) => {
  const directory = temporaryDirectory(context);
  const made = publicKeys(openIdentity(directory));
  assert.equal(new Set(made).size, 3);
  assert.deepEqual(publicKeys(openIdentity(directory)), made);
  assert.deepEqual(readdirSync(directory), ['identity.json']);
});

test('a name server has one key', (context) => {
  const directory = temporaryDirectory(context);
  assert.equal(openServerKey(directory).publicKey, openServerKey(directory).publicKey);
  assert.deepEqual(readdirSync(directory), ['server.json']);
});

test('only the owner can read keys', (context) => {
  const directory = temporaryDirectory(context);
  openIdentity(directory);
  assert.equal(statSync(join(directory, 'identity.json')).mode & 0o777, 0o600);
});

test('a damaged file is refused with advice and left as it is', (context) => {
  const directory = temporaryDirectory(context);
  const path = join(directory, 'identity.json');
  openIdentity(directory);
  const good = readFileSync(path, 'utf8');
  const broken = [
    '',
    '{',
    '[]',
    '{}',
    good.slice(0, -20),
    good.replace('"device"', '"divice"'),
    good.replace(/"device": ".*"/, '"device": "AAAA"'),
  ];
  for (const text of broken) {
    writeFileSync(path, text);
    assert.throws(() => openIdentity(directory), /identity\.json: these keys are damaged/, text);
    assert.equal(readFileSync(path, 'utf8'), text);
  }
});

test('a directory that is not there, or a file that cannot be read, is said in one line', (context) => {
  const directory = temporaryDirectory(context);
  assert.throws(() => openIdentity(join(directory, 'nowhere')), /identity\.json: there is no such file or directory/);
  mkdirSync(join(directory, 'identity.json'));
  assert.throws(() => openIdentity(directory), /identity\.json: that is a directory/);
});

test('a draft that a crash left behind is neither used nor in the way', (context) => {
  const path = join(temporaryDirectory(context), 'file');
  writeFileSync(`${path}.draft`, 'half');
  chmodSync(`${path}.draft`, 0o644);
  writeFileAtomically(path, 'whole');
  assert.equal(readFileSync(path, 'utf8'), 'whole');
  assert.equal(statSync(path).mode & 0o777, 0o600);
});
