// Preferences come back as stored; a stored text of another shape counts as absent.

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
  stored: string | null = null;
  readonly getItem = (): string | null => this.stored;
  readonly setItem = (_name: string, value: string): void => void (this.stored = value);
}

const STORED: Preferences = { name: 'alice', theme: 'dark', channels: ['lab'], muted: [] };

test('stored preferences come back', () => {
  const storage = new FakeStorage();
  writePreferences(storage, STORED);
  assert.deepEqual(readPreferences(storage), STORED);
});

test('a change by another window is `changed`, `cleared` or `none`', () => {
  const newValue = JSON.stringify(STORED);
  assert.deepEqual(storageChangeOf({ key: 'kith', newValue }), { type: 'changed', preferences: STORED });
  assert.deepEqual(storageChangeOf({ key: 'kith', newValue: null }), { type: 'cleared' });
  assert.deepEqual(storageChangeOf({ key: null, newValue: null }), { type: 'cleared' }); // all of it was cleared
  assert.deepEqual(storageChangeOf({ key: 'other', newValue: null }), { type: 'none' });
});

test('a text of another shape gives the defaults', () => {
  const storage = new FakeStorage();
  const wrong = ['', '{', 'null', '[]', '{"name":"A B","channels":[],"muted":[],"theme":"dark"}'];
  for (const stored of [
    ...wrong,
    JSON.stringify({ ...DEFAULT_PREFERENCES, more: 1 }),
    JSON.stringify({ ...DEFAULT_PREFERENCES, theme: 'x' }),
  ]) {
    storage.stored = stored;
    assert.deepEqual(readPreferences(storage), DEFAULT_PREFERENCES, stored);
  }
});
