// Uploads that are cancelled while their file is copied.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manifest } from '../../../protocols/posts/samples.js';
import { Testbed } from '../harness/testbed.js';

test('cancel ends an upload: it is answered, nothing is shared, and the copy is removed', () => {
  const testbed = new Testbed();
  let id = '';
  testbed.passes = (_, effect) => {
    if (effect.type === 'post_copy') id = effect.id;
    return true;
  };
  const [alice] = testbed.friends();
  const [upload] = alice.command({ type: 'post_upload', path: 'lake.png', title: null, isReshared: false });
  const [cancel] = alice.command({ type: 'cancel', id });
  assert.equal(alice.answer(cancel)?.ok, true);
  const answer = alice.answer(upload);
  assert.equal(answer?.ok === false && answer.refusal.code, 'UPLOAD_CANCELLED');
  const file = { size: 7, sha256: manifest().sha256, type: 'image/png', name: 'lake.png' };
  const after = alice.give({ type: 'post_copied', id, file });
  assert.ok(after.some((effect) => effect.type === 'post_discard' && effect.id === id));
});
