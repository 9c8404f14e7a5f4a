// What a page remembers is believed only as far as its shape.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  doneElsewhere,
  NO_KEEPSAKES,
  readKeepsakes,
  writeKeepsakes,
  type Keepsakes,
} from '../../../web/host/keepsakes.js';

class FakeStorage {
  kept: string | null = null;
  readonly getItem = (): string | null => this.kept;
  readonly setItem = (_name: string, value: string): void => void (this.kept = value);
}

const KEPT: Keepsakes = { name: 'alice', theme: 'dark', channels: ['lab'], muted: [] };

test('what is kept comes back', () => {
  const storage = new FakeStorage();
  writeKeepsakes(storage, KEPT);
  assert.deepEqual(readKeepsakes(storage), KEPT);
});

test('what another window did is told apart: changed, forgotten, or nothing of ours', () => {
  const newValue = JSON.stringify(KEPT);
  assert.deepEqual(doneElsewhere({ key: 'kith', newValue }), { did: 'change', kept: KEPT });
  assert.deepEqual(doneElsewhere({ key: 'kith', newValue: null }), { did: 'forget' });
  assert.deepEqual(doneElsewhere({ key: null, newValue: null }), { did: 'forget' }); // all of it was cleared
  assert.deepEqual(doneElsewhere({ key: 'other', newValue: null }), { did: 'nothing' });
});

test('what is not of the shape is as good as nothing', () => {
  const storage = new FakeStorage();
  const wrong = ['', '{', 'null', '[]', '{"name":"A B","channels":[],"muted":[],"theme":"dark"}'];
  for (const kept of [
    ...wrong,
    JSON.stringify({ ...NO_KEEPSAKES, more: 1 }),
    JSON.stringify({ ...NO_KEEPSAKES, theme: 'x' }),
  ]) {
    storage.kept = kept;
    assert.deepEqual(readKeepsakes(storage), NO_KEEPSAKES, kept);
  }
});
