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

test('[LETTER-9] every exchange key of a former device is kept for 30 days, newest first', (context) => {
  const directory = temporaryDirectory(context);
  const devices: string[] = [];
  const exchanges: string[] = [];
  for (let day = 0; day < 30; day += 1) {
    const { device, exchange } = openIdentity(directory);
    devices.unshift(device.publicKey);
    exchanges.unshift(exchange.publicKey);
    renewDevice(directory, day * DAY);
  }
  const kept = openRetiredKeys(directory, 29 * DAY);
  assert.deepEqual(
    kept.map(({ device }) => device),
    devices,
  );
  assert.deepEqual(
    kept.map(({ exchange }) => exchange.publicKey),
    exchanges,
  );
});

test('[LETTER-9] a key is removed from the disk after 30 days', (context) => {
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

test('the signing key of a former device is not kept', (context) => {
  const directory = temporaryDirectory(context);
  openIdentity(directory);
  const { device } = JSON.parse(readFileSync(join(directory, 'identity.json'), 'utf8')) as { device: string };
  renewDevice(directory, 0);
  for (const name of readdirSync(directory)) assert.ok(!readFileSync(join(directory, name), 'utf8').includes(device));
});

test('[LETTER-9] a restored backup takes over the keys of the devices that it replaces', (context) => {
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

test('damaged keys are refused with advice', (context) => {
  const directory = temporaryDirectory(context);
  renewDevice(directory, 0);
  const path = join(directory, 'identity-retired.json');
  for (const text of [
    '{',
    '[]',
    '{"devices":[{}]}',
    readFileSync(path, 'utf8').replace(/"exchange": ".{5}/, '"exchange": "'),
  ]) {
    writeFileSync(path, text);
    assert.throws(() => openRetiredKeys(directory, 0), /identity-retired\.json: these keys are damaged/);
  }
});
