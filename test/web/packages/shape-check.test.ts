// The page's shape check gives the same answer as TypeBox for every frame and for similar values.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Check } from 'typebox/schema';
import { ChannelServerFrame } from '../../../protocols/channels/client-protocol.js';
import {
  Card,
  ChannelMessage,
  DirectMessage,
  EntryProof,
  DirectContent,
} from '../../../protocols/channels/signed-objects.js';
import { Type } from '../../../protocols/kit/packages/typebox.js';
import { Signed } from '../../../protocols/kit/signed.js';
import { Preferences } from '../../../web/host/preferences.js';
import { checkOf } from '../../../web/packages/shape-check.js';

const SCHEMAS = {
  ChannelServerFrame,
  Card,
  ChannelMessage,
  DirectMessage,
  EntryProof,
  DirectContent,
  Signed,
  Preferences,
};

const KEY = `${'A'.repeat(42)}A`;
const ID = `${'A'.repeat(21)}A`;
const SIGNED = { payload: '{}', signature: `${'A'.repeat(85)}A` };
const MESSAGE = { key: KEY, exchange: KEY, name: 'alice', life: ID, counter: 1, at: 1 };

/** A valid value for each kind of frame. */
const VALID: readonly object[] = [
  { type: 'challenge', server: KEY, proof: SIGNED },
  { type: 'welcome', pingMs: 20_000 },
  { type: 'joined', channel: 'lab', here: [SIGNED], count: 1, elsewhere: 0 },
  { type: 'heard', kind: 'channel', said: SIGNED },
  { type: 'taken', life: ID, counter: 3 },
  { type: 'error', code: 'MALFORMED', about: '', counter: 1 },
  { type: 'error', code: 'MALFORMED', about: '' },
  { type: 'ping' },
  { key: KEY, exchange: KEY, name: 'alice' },
  { ...MESSAGE, channel: 'lab', text: 'hi' },
  { ...MESSAGE, to: KEY, sealed: 'AAAA' },
  { server: KEY, origin: 'http://a.example', challenge: KEY, exporter: null, key: KEY, life: ID },
  { kind: 'text', from: KEY, to: KEY, id: ID, text: 'psst' },
  { kind: 'heard', from: KEY, to: KEY, id: ID },
  { name: null, channels: ['lab'], muted: [KEY], theme: 'dark' },
  SIGNED,
];

/** Values at the limits of the shapes. */
const part = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom(0, -1, 1.5, 2 ** 53, 253_402_300_799_999, 253_402_300_800_000, null, '', KEY, ID, [], {}, 'lab'),
  fc.integer({ min: 0, max: 300 }).map((count) => Array<unknown>(count).fill(SIGNED)),
  fc.constantFrom('é'.repeat(16_384), '😀'.repeat(16_384), '😀'.repeat(16_385), 'x'.repeat(16_385)),
);

const almostValid = fc.constantFrom(...VALID).chain((value) =>
  fc.oneof(
    fc.constant(value),
    fc.record({ name: fc.constantFrom(...Object.keys(value), 'more'), part }).map((change) => ({
      ...value,
      [change.name]: change.part,
    })),
    fc
      .constantFrom(...Object.keys(value))
      .map((name) => ({ ...value, [name]: undefined }))
      .map(withoutUndefined),
  ),
);

function withoutUndefined(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, present]) => present !== undefined));
}

const checks = Object.entries(SCHEMAS).map(([name, schema]) => ({ name, schema, accepts: checkOf(schema) }));

function agree(value: unknown): void {
  for (const { name, schema, accepts } of checks) {
    assert.equal(accepts(value), Check(schema, value), `${name}: ${JSON.stringify(value)?.slice(0, 200)}`);
  }
}

test('it accepts every valid frame', () => {
  for (const value of VALID) {
    agree(value);
    assert.ok(checks.some(({ accepts }) => accepts(value)));
  }
});

test('it agrees with TypeBox about values that are almost valid', () => {
  fc.assert(fc.property(almostValid, agree), { numRuns: 2_000 });
});

test('it agrees with TypeBox about arbitrary values', () => {
  fc.assert(fc.property(fc.jsonValue(), agree), { numRuns: 500 });
});

test('an unknown schema is an error when it is compiled', () => {
  assert.throws(() => checkOf(Type.Object({})), /exactly/);
  assert.throws(() => checkOf({ type: 'number' }), /cannot check/);
  assert.throws(() => checkOf({}), /cannot check/);
  assert.throws(() => checkOf(Type.Array(Type.String(), { minItems: 1 })), /minItems/);
  assert.throws(() => checkOf(Type.Integer({ multipleOf: 2 })), /multipleOf/);
});
