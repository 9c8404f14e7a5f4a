// Tests following a catalogue: cursors rise without gaps, and a new device replaces the old one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyPage, cursorOf, type CatalogueCursor } from '../../../protocols/posts/catalogue.js';
import type { PostPage } from '../../../protocols/posts/messages.js';
import { posted, manifest } from './samples.js';

const item = posted(manifest());
const proofOf = (change: number): string => String(change).padStart(22, 'P');
const page = (after: number, upTo: number, changes: Partial<PostPage> = {}): PostPage => ({
  after,
  upTo,
  items: upTo > after ? [item] : [],
  more: false,
  proof: proofOf(upTo),
  ...changes,
});
const at = (upTo: number, isComplete = true): CatalogueCursor => ({
  ...{ device: 'a', upTo, isComplete },
  proof: proofOf(upTo),
});

test('[POST-10] an adjoining page moves the cursor and is acknowledged', () => {
  assert.deepEqual(applyPage(at(3), 'a', page(3, 5)), {
    cursor: at(5),
    supersedesEarlierDevices: false,
    requestsMore: true,
  });
});

test('[POST-10] a page beyond the cursor does not move it, and the missing changes are requested', () => {
  assert.deepEqual(applyPage(at(3), 'a', page(4, 5)), {
    cursor: at(3),
    supersedesEarlierDevices: false,
    requestsMore: true,
  });
});

test('[POST-10] a repeated page changes nothing', () => {
  assert.deepEqual(applyPage(at(5), 'a', page(0, 3))?.cursor, at(5));
});

test('[POST-8] an empty last page needs no answer, an empty page with more does', () => {
  assert.equal(applyPage(at(3), 'a', page(3, 3))?.requestsMore, false);
  assert.equal(applyPage(at(3), 'a', page(3, 3, { more: true }))?.requestsMore, true);
});

test('[POST-12] a new device starts at 0, and its last page supersedes earlier devices', () => {
  assert.deepEqual(cursorOf(at(9), 'b'), { device: 'b', upTo: 0, isComplete: false, proof: null });
  const first = applyPage(at(9), 'b', page(0, 2, { more: true }));
  assert.deepEqual(first, {
    cursor: { device: 'b', upTo: 2, isComplete: false, proof: proofOf(2) },
    supersedesEarlierDevices: false,
    requestsMore: true,
  });
  const last = applyPage(first?.cursor ?? null, 'b', page(2, 3));
  assert.deepEqual(last, {
    cursor: { device: 'b', upTo: 3, isComplete: true, proof: proofOf(3) },
    supersedesEarlierDevices: true,
    requestsMore: true,
  });
  assert.equal(applyPage(last?.cursor ?? null, 'b', page(3, 4))?.supersedesEarlierDevices, false);
});

test('[POST-12] a last page behind a gap supersedes nothing', () => {
  assert.equal(applyPage(null, 'a', page(7, 9))?.supersedesEarlierDevices, false);
});

test('[POST-9] an inconsistent page is malformed', () => {
  assert.equal(applyPage(null, 'a', page(3, 2)), null);
  assert.equal(applyPage(null, 'a', page(3, 3, { items: [item] })), null);
});

test('[POST-10] for any pages in any order the cursor never passes a gap and never falls', () => {
  const pages = fc.array(fc.tuple(fc.nat(9), fc.nat(9)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const));
  const property = fc.property(pages, (ranges) => {
    let cursor = at(0);
    const known = new Set<number>();
    for (const [after, upTo] of ranges) {
      const step = applyPage(cursor, 'a', page(after, upTo));
      assert.ok(step && step.cursor.upTo >= cursor.upTo);
      for (let change = after + 1; change <= upTo; change += 1) known.add(change);
      cursor = step.cursor;
      for (let change = 1; change <= cursor.upTo; change += 1) assert.ok(known.has(change));
    }
  });
  fc.assert(property);
});
