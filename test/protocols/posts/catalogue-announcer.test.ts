// Tests announcer a catalogue to one friend: one page at a time, and letters with increasing waits.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { CatalogueAnnouncer, NO_PROGRESS } from '../../../protocols/posts/catalogue-announcer.js';

const linked = (after: number, latest: number): CatalogueAnnouncer => {
  const announcer = new CatalogueAnnouncer(NO_PROGRESS);
  announcer.linked();
  announcer.pageRequested(after, latest);
  return announcer;
};

test('[POST-8] the first request on a link is always answered, a later one only if there are changes', () => {
  const announcer = new CatalogueAnnouncer(NO_PROGRESS);
  announcer.linked();
  assert.equal(announcer.push(3), false, 'no request yet');
  assert.equal(announcer.pageRequested(3, 3), 'page');
  assert.equal(announcer.pageRequested(3, 3), 'nothing');
  assert.equal(announcer.pageRequested(3, 4), 'page');
});

test('[POST-9] one page is in flight at a time', () => {
  const announcer = linked(0, 0);
  assert.equal(announcer.push(1), true);
  assert.equal(announcer.push(2), false);
  assert.equal(announcer.pageRequested(1, 2), 'page');
  assert.equal(announcer.push(3), false);
  assert.equal(announcer.pageRequested(2, 2), 'nothing');
  assert.equal(announcer.push(2), false, 'all changes are acknowledged');
  assert.equal(announcer.push(3), true);
});

test('[POST-11] a reader beyond our last change shows that we run on an old copy', () => {
  assert.equal(new CatalogueAnnouncer(NO_PROGRESS).pageRequested(5, 4), 'beyond');
});

test('[POST-10] a reader may move its cursor back', () => {
  const announcer = linked(5, 5);
  assert.equal(announcer.pageRequested(2, 5), 'page');
  assert.equal(announcer.progress.acknowledged, 2);
});

test('[POST-13] no letter is sent to a friend who is linked or has all changes', () => {
  const announcer = linked(0, 3);
  assert.equal(announcer.letterAt(3), null);
  announcer.unlinked();
  assert.equal(announcer.letterAt(3), 0);
  assert.equal(announcer.letterAt(0), null);
});

test('[POST-13] the wait between letters doubles from a minute to an hour, and an acknowledgement resets it', () => {
  const announcer = new CatalogueAnnouncer(NO_PROGRESS);
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((change) => {
    announcer.letterAccepted(change, 1_000);
    assert.equal(announcer.letterAt(change), null, 'it was left');
    return (announcer.letterAt(change + 1) ?? 0) - 1_000;
  });
  const minute = LIMITS.postLetterFirstMs;
  assert.deepEqual(waits.slice(0, 3), [minute, 2 * minute, 4 * minute]);
  assert.equal(waits.at(-1), LIMITS.postLetterCeilingMs);
  announcer.pageRequested(9, 10);
  assert.equal(announcer.letterAt(10), 0);
});

test('[POST-13] after a reset letters are sent again', () => {
  const announcer = new CatalogueAnnouncer(NO_PROGRESS);
  announcer.pageRequested(2, 4);
  announcer.letterAccepted(4, 1_000);
  announcer.reset();
  assert.equal(announcer.letterAt(4), 0);
});
