// What a page remembers is believed only as far as its shape.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keep, NO_KEEPSAKES, readKeepsakes } from '../../../web/host/keepsakes.js';

class FakeStorage {
  kept: string | null = null;
  readonly getItem = (): string | null => this.kept;
  readonly setItem = (_name: string, value: string): void => void (this.kept = value);
}

test('what is kept comes back, the rest as it was', () => {
  const storage = new FakeStorage();
  keep(storage, { name: 'alice', theme: 'dark' });
  keep(storage, { channels: ['lab'] });
  assert.deepEqual(readKeepsakes(storage), { name: 'alice', theme: 'dark', channels: ['lab'], muted: [] });
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
