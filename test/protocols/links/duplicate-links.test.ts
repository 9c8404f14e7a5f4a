// Tests which of two links stays: both ends must reach the same decision in any order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replaces } from '../../../protocols/links/duplicate-links.js';

test('[LINK-6] the link dialled by the smaller device key stays, in any order', () => {
  assert.ok(replaces({ dialledBy: 'a', openedAs: 1 }, { dialledBy: 'b', openedAs: 2 }));
  assert.ok(!replaces({ dialledBy: 'b', openedAs: 2 }, { dialledBy: 'a', openedAs: 1 }));
});

test('[LINK-6] of two links by the same dialler the newer stays', () => {
  assert.ok(replaces({ dialledBy: 'a', openedAs: 2 }, { dialledBy: 'a', openedAs: 1 }));
  assert.ok(!replaces({ dialledBy: 'a', openedAs: 1 }, { dialledBy: 'a', openedAs: 2 }));
});

test('[LINK-6] of any two links exactly one replaces the other', () => {
  const links = ['a', 'B', '_'].flatMap((dialledBy) => [1, 2].map((openedAs) => ({ dialledBy, openedAs })));
  for (const one of links) {
    for (const other of links) if (one !== other) assert.notEqual(replaces(one, other), replaces(other, one));
  }
});
