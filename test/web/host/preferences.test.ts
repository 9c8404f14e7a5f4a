// What a page remembers is believed only as far as its shape.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  storageChangeOf,
  DEFAULT_PREFERENCES,
  readPreferences,
  writePreferences,
  type Preferences,
} from '../../../web/host/preferences.js';

class FakeStorage {
  kept: string | null = null;
  readonly getItem = (): string | null => this.kept;
  readonly setItem = (_name: string, value: string): void => void (this.kept = value);
}

const KEPT: Preferences = { name: 'alice', theme: 'dark', channels: ['lab'], muted: [] };

test('what is kept comes back', () => {
  const storage = new FakeStorage();
  writePreferences(storage, KEPT);
  assert.deepEqual(readPreferences(storage), KEPT);
});

test('what another window did is told apart: changed, forgotten, or nothing of ours', () => {
  const newValue = JSON.stringify(KEPT);
  assert.deepEqual(storageChangeOf({ key: 'kith', newValue }), { type: 'changed', preferences: KEPT });
  assert.deepEqual(storageChangeOf({ key: 'kith', newValue: null }), { type: 'cleared' });
  assert.deepEqual(storageChangeOf({ key: null, newValue: null }), { type: 'cleared' }); // all of it was cleared
  assert.deepEqual(storageChangeOf({ key: 'other', newValue: null }), { type: 'none' });
});

test('what is not of the shape is as good as nothing', () => {
  const storage = new FakeStorage();
  const wrong = ['', '{', 'null', '[]', '{"name":"A B","channels":[],"muted":[],"theme":"dark"}'];
  for (const kept of [
    ...wrong,
    JSON.stringify({ ...DEFAULT_PREFERENCES, more: 1 }),
    JSON.stringify({ ...DEFAULT_PREFERENCES, theme: 'x' }),
  ]) {
    storage.kept = kept;
    assert.deepEqual(readPreferences(storage), DEFAULT_PREFERENCES, kept);
  }
});
