// Manifests and removals: who may have signed them, and what they may say.

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

test('[POST-1] a manifest and a removal by the author’s device are believed', () => {
  assert.deepEqual(open(posted(manifest())), { change: 'posted', manifest: manifest() });
  assert.equal(open(removed())?.type, 'removed');
});

test('[POST-1] another device, another author and an altered payload are not', () => {
  const other = fakeKey('mallory device').publicKey;
  assert.equal(open(posted(manifest()), { user: 'alice', device: other }), null);
  assert.equal(open(posted(manifest()), { user: 'bob', device: ALICE.device }), null);
  assert.equal(open(posted(manifest({ author: 'bob' }))), null);
  assert.equal(open(posted(manifest({ device: other }))), null);
  const signed = posted(manifest());
  assert.equal(open({ ...signed, payload: signed.payload.replace('lake', 'sea ') }), null);
});

test('[POST-3] a removal is no manifest, whatever it is signed as', () => {
  const removal = { author: 'alice', device: ALICE.device, id: ID, at: 1 };
  assert.equal(open(posted(removal)), null);
  assert.equal(open(removed(manifest())), null);
});

test('[POST-4] no bytes and 4 GiB are sizes, one more is none', () => {
  assert.ok(says({ size: 0 }));
  assert.ok(says({ size: LIMITS.postBytes }));
  for (const size of [LIMITS.postBytes + 1, -1, 0.5, '7', null]) assert.ok(!says({ size }));
});

test('[POST-5] a name is no path', () => {
  for (const name of ['../x', 'a/b', 'a\\b', 'a\0b', 'a\nb', 'a\u009bb', 'x'.repeat(256)]) assert.ok(!says({ name }));
  assert.ok(says({ name: '' }) && says({ name: 'läke …‮.png' }));
});

test('[POST-5] any name of a file becomes one that a manifest may carry', () => {
  const property = fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => {
    assert.ok(manifestShape.accepts(manifest({ name: manifestName(name), title: manifestTitle(name) })));
  });
  fc.assert(property);
});

test('[POST-7] a text is what its size and hash say', () => {
  const text = 'grüße';
  const true_ = { text, size: byteLength(text), sha256: textHash(text, fakePrimitives) };
  assert.ok(says(true_));
  assert.ok(!says({ ...true_, size: text.length }));
  assert.ok(!says({ ...true_, sha256: manifest().sha256 }));
  const long = 'ü'.repeat(LIMITS.postTextBytes / 2 + 1);
  assert.ok(!says({ text: long, size: byteLength(long), sha256: textHash(long, fakePrimitives) }));
});

test('[POST-1] no mutation of a manifest is believed or throws', () => {
  const keys = Object.keys(manifest());
  const property = fc.property(fc.constantFrom(...keys, 'more'), fc.jsonValue(), (key, value) => {
    const mutant = { ...manifest(), [key]: value };
    const opened = open(posted(mutant));
    assert.ok(opened === null || manifestShape.accepts(mutant));
  });
  fc.assert(property, { numRuns: 500 });
});
