// Keys of former devices: all are kept for 30 days, and then none.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { openIdentity, renewDevice, takeOverRetiredKeys } from '../../../runtime/disk/identity-file.js';
import { openRetiredKeys } from '../../../runtime/disk/retired-keys.js';
import { temporaryDirectory } from './temporary.js';

const DAY = 86_400_000;

const devicesIn = (directory: string, now: number) => openRetiredKeys(directory, now).map(({ device }) => device);

test('every former device is known for 30 days, newest first', (context) => {
  const directory = temporaryDirectory(context);
  const devices: string[] = [];
  for (let day = 0; day < 30; day += 1) {
    devices.unshift(openIdentity(directory).device.publicKey);
    renewDevice(directory, day * DAY);
  }
  assert.deepEqual(devicesIn(directory, 29 * DAY), devices);
});

test('a device is removed from the disk after 30 days', (context) => {
  const directory = temporaryDirectory(context);
  renewDevice(directory, 0);
  renewDevice(directory, DAY);
  assert.equal(devicesIn(directory, LIMITS.retiredKeysMs - 1).length, 2);
  assert.equal(devicesIn(directory, LIMITS.retiredKeysMs).length, 1);
  assert.equal(devicesIn(directory, 0).length, 1);
});

test('a limited number of keys is kept, and a clock that was ahead removes none', (context) => {
  const directory = temporaryDirectory(context);
  for (let nth = 0; nth < LIMITS.retiredKeysMax + 5; nth += 1) renewDevice(directory, 90 * DAY + nth);
  assert.equal(devicesIn(directory, DAY).length, LIMITS.retiredKeysMax);
});

test('[LETTER-9] no secret key of a former device is kept in a file', (context) => {
  const directory = temporaryDirectory(context);
  openIdentity(directory);
  const before = readFileSync(join(directory, 'identity.json'), 'utf8');
  const { device, exchange } = JSON.parse(before) as { device: string; exchange: string };
  renewDevice(directory, 0);
  const texts = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
  for (const secret of [device, exchange]) assert.ok(!texts.some((text) => text.includes(secret)));
});

test('a restored backup takes over the devices that it replaces', (context) => {
  const [data, backup, other] = ['data', 'backup', 'other'].map((name) => join(temporaryDirectory(context), name));
  assert.ok(data && backup && other);
  for (const folder of [data, backup, other]) mkdirSync(folder);
  const first = openIdentity(data).device.publicKey;
  writeFileSync(join(backup, 'identity.json'), readFileSync(join(data, 'identity.json')));
  const second = renewDevice(data, 0).device.publicKey;
  takeOverRetiredKeys(backup, data, DAY);
  assert.deepEqual(devicesIn(backup, DAY), [second, first]);
  openIdentity(other);
  takeOverRetiredKeys(other, data, DAY);
  assert.deepEqual(devicesIn(other, DAY), []);
});

test('a file that is worthless when damaged is made again: the keys of former devices', (context) => {
  const directory = temporaryDirectory(context);
  renewDevice(directory, 0);
  const path = join(directory, 'identity-retired.json');
  for (const text of [
    '{',
    '[]',
    '{"devices":[{}]}',
    readFileSync(path, 'utf8').replace(/"device": ".{5}/, '"device": "'),
  ]) {
    writeFileSync(path, text);
    assert.deepEqual(openRetiredKeys(directory, 0), []);
    assert.equal(readFileSync(`${path}.damaged`, 'utf8'), text);
  }
});
