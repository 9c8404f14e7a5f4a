// Tests manifests and removals: signatures, sizes, names and texts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { byteLength } from '../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { textHash, manifestName, manifestShape, manifestTitle, openChange } from '../../../protocols/posts/manifest.js';
import { fakeKey, fakePrimitives } from '../../sim/kernel/fake-primitives.js';
import { ALICE, ID, manifest, posted, removed } from './samples.js';

const open = (signed: ReturnType<typeof posted>, author = ALICE) => openChange(signed, author, fakePrimitives);
const says = (changes: object) => open(posted({ ...manifest(), ...changes })) !== null;

test('[POST-1] a manifest and a removal by the author’s device are accepted', () => {
  assert.deepEqual(open(posted(manifest())), { type: 'posted', manifest: manifest() });
  assert.equal(open(removed())?.type, 'removed');
});

test('[POST-1] another device, another author and an altered payload are rejected', () => {
  const other = fakeKey('mallory device').publicKey;
  assert.equal(open(posted(manifest()), { user: 'alice', device: other }), null);
  assert.equal(open(posted(manifest()), { user: 'bob', device: ALICE.device }), null);
  assert.equal(open(posted(manifest({ author: 'bob' }))), null);
  assert.equal(open(posted(manifest({ device: other }))), null);
  const signed = posted(manifest());
  assert.equal(open({ ...signed, payload: signed.payload.replace('lake', 'sea ') }), null);
});

test('[POST-3] a removal is not accepted as a manifest under any signature type', () => {
  const removal = { author: 'alice', device: ALICE.device, id: ID, at: 1 };
  assert.equal(open(posted(removal)), null);
  assert.equal(open(removed(manifest())), null);
});

test('[POST-4] sizes of 0 and of 4 GiB are valid, one byte more is not', () => {
  assert.ok(says({ size: 0 }));
  assert.ok(says({ size: LIMITS.postBytes }));
  for (const size of [LIMITS.postBytes + 1, -1, 0.5, '7', null]) assert.ok(!says({ size }));
});

test('[POST-5] a name with a separator is rejected', () => {
  for (const name of ['../x', 'a/b', 'a\\b', 'a\0b', 'a\nb', 'a\u009bb', 'x'.repeat(256)]) assert.ok(!says({ name }));
  assert.ok(says({ name: '' }) && says({ name: 'läke …‮.png' }));
});

test('[POST-5] any file name is converted to a valid manifest name', () => {
  const property = fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
    assert.ok(manifestShape.accepts(manifest({ name: manifestName(name), title: manifestTitle(name) })));
  });
  fc.assert(property);
});

test('[POST-7] a text must match its size and hash', () => {
  const text = 'grüße';
  const true_ = { text, size: byteLength(text), sha256: textHash(text, fakePrimitives) };
  assert.ok(says(true_));
  assert.ok(!says({ ...true_, size: text.length }));
  assert.ok(!says({ ...true_, sha256: manifest().sha256 }));
  const long = 'ü'.repeat(LIMITS.postTextBytes / 2 + 1);
  assert.ok(!says({ text: long, size: byteLength(long), sha256: textHash(long, fakePrimitives) }));
});

test('[POST-1] no mutation of a manifest is accepted or throws', () => {
  const keys = Object.keys(manifest());
  const property = fc.property(fc.constantFrom(...keys, 'more'), fc.jsonValue(), (key, value) => {
    const mutant = { ...manifest(), [key]: value };
    const opened = open(posted(mutant));
    assert.ok(opened === null || manifestShape.accepts(mutant));
  });
  fc.assert(property, { numRuns: 500 });
});
