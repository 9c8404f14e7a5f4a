// Bringing a catalogue to one friend: a page at a time, and letters that become rare.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { CatalogueAnnouncer, NO_PROGRESS } from '../../../protocols/posts/catalogue-announcer.js';

const linked = (after: number, latest: number): CatalogueAnnouncer => {
  const announcing = new CatalogueAnnouncer(NO_PROGRESS);
  announcing.linked();
  announcing.pageRequested(after, latest);
  return announcing;
};

test('[POST-8] the first word on a link is always answered, a later one if there is more', () => {
  const announcing = new CatalogueAnnouncer(NO_PROGRESS);
  announcing.linked();
  assert.equal(announcing.push(3), false, 'nobody has asked yet');
  assert.equal(announcing.pageRequested(3, 3), 'page');
  assert.equal(announcing.pageRequested(3, 3), 'nothing');
  assert.equal(announcing.pageRequested(3, 4), 'page');
});

test('[POST-9] one page is on its way at a time', () => {
  const announcing = linked(0, 0);
  assert.equal(announcing.push(1), true);
  assert.equal(announcing.push(2), false);
  assert.equal(announcing.pageRequested(1, 2), 'page');
  assert.equal(announcing.push(3), false);
  assert.equal(announcing.pageRequested(2, 2), 'nothing');
  assert.equal(announcing.push(2), false, 'all is acknowledged');
  assert.equal(announcing.push(3), true);
});

test('[POST-11] a reader who is further than we are has followed what we have lost', () => {
  assert.equal(new CatalogueAnnouncer(NO_PROGRESS).pageRequested(5, 4), 'stale_copy');
});

test('[POST-10] a reader who has lost something is believed', () => {
  const announcing = linked(5, 5);
  assert.equal(announcing.pageRequested(2, 5), 'page');
  assert.equal(announcing.progress.acknowledged, 2);
});

test('[POST-13] nothing is left for a friend who is linked or has everything', () => {
  const announcing = linked(0, 3);
  assert.equal(announcing.letterAt(3), null);
  announcing.unlinked();
  assert.equal(announcing.letterAt(3), 0);
  assert.equal(announcing.letterAt(0), null);
});

test('[POST-13] between letters passes a minute, then twice as long, up to an hour; a word from them ends that', () => {
  const announcing = new CatalogueAnnouncer(NO_PROGRESS);
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((change) => {
    announcing.letterAccepted(change, 1_000);
    assert.equal(announcing.letterAt(change), null, 'it was left');
    return (announcing.letterAt(change + 1) ?? 0) - 1_000;
  });
  const minute = LIMITS.postLetterFirstMs;
  assert.deepEqual(waits.slice(0, 3), [minute, 2 * minute, 4 * minute]);
  assert.equal(waits.at(-1), LIMITS.postLetterCeilingMs);
  announcing.pageRequested(9, 10);
  assert.equal(announcing.letterAt(10), 0);
});

test('[POST-13] what was left for nothing is left again', () => {
  const announcing = new CatalogueAnnouncer(NO_PROGRESS);
  announcing.pageRequested(2, 4);
  announcing.letterAccepted(4, 1_000);
  announcing.reset();
  assert.equal(announcing.letterAt(4), 0);
});
