// The two ends of a knock, input by input.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { signObject } from '../../../../protocols/kit/signed.js';
import { DiallerKnock } from '../../../../protocols/kit/knock/dialler-knock.js';
import {
  ListenerKnock,
  type ListenerKnockEffect,
  type ListenerKnockInput,
} from '../../../../protocols/kit/knock/listener-knock.js';
import { fakeKey, fakePrimitives as primitives } from '../../../sim/kernel/fake-primitives.js';

const exporter = 'exporter';
const [alice, bob] = [fakeKey('alice'), fakeKey('bob')];
const exchange = fakeKey('exchange').publicKey;
const record = signObject('record', { name: 'bob' }, bob, primitives);
const listener = { device: alice.publicKey, exchange };

const dialler = () => new DiallerKnock({ exporter, device: bob, record, listener, primitives });
const listening = () => new ListenerKnock({ exporter, device: alice, primitives });

const FRAME = { type: 'frame', text: JSON.stringify({ type: 'knock', sealed: 'AAAA' }) } as const;
const opened = (changes: object = {}): ListenerKnockInput => {
  const plain = JSON.parse(dialler().toSeal().plain) as object;
  return { type: 'unsealed', plain: JSON.stringify({ ...plain, ...changes }) };
};
const JUDGED = { type: 'judged', mayKnow: true } as const;

function effectsOf(inputs: readonly ListenerKnockInput[]): string[] {
  const knock = listening();
  return inputs.flatMap((input) => knock.handle(input)).map(({ type }) => type);
}

test('[LINK-22] [LINK-24] the listener opens the knock, asks who the caller is, and answers one that may know', () => {
  const knock = listening();
  const [unseal] = knock.handle(FRAME);
  assert.deepEqual(unseal, { type: 'unseal', sealed: 'AAAA', info: dialler().toSeal().info });
  const [judge] = knock.handle(opened());
  assert.deepEqual(judge, { type: 'judge', caller: { device: bob.publicKey, record } });
  const [answer] = knock.handle(JUDGED) as [Extract<ListenerKnockEffect, { type: 'answer' }>];
  assert.equal(answer.peerKey, bob.publicKey);
  assert.ok(dialler().isAnswered(JSON.stringify(answer.frame)));
});

const SILENT: Record<string, readonly ListenerKnockInput[]> = {
  'bytes that are no frame': [{ type: 'frame', text: null }],
  'another frame': [{ type: 'frame', text: '{"type":"hello"}' }],
  'a frame with more fields': [{ type: 'frame', text: '{"type":"knock","sealed":"AAAA","user":"bob"}' }],
  'a frame with too much': [{ type: 'frame', text: JSON.stringify({ type: 'knock', sealed: 'A'.repeat(5_000) }) }],
  'a judgement before the frame': [JUDGED, FRAME],
  'an opened text before the frame': [opened(), FRAME],
};

for (const [name, inputs] of Object.entries(SILENT)) {
  test(`[LINK-23] nothing is opened after ${name}`, () => {
    assert.deepEqual(effectsOf(inputs), []);
  });
}

const UNPROVEN: Record<string, ListenerKnockInput> = {
  'does not open': { type: 'unsealed', plain: null },
  'is no JSON': { type: 'unsealed', plain: '{' },
  'has more fields': opened({ user: 'bob' }),
  'names a device that did not sign': opened({ device: alice.publicKey }),
  'has another signature': opened({ signature: 'A'.repeat(86) }),
  'is too long': opened({ record: { payload: 'x'.repeat(LIMITS.linkHelloFrameBytes), signature: record.signature } }),
};

for (const [name, input] of Object.entries(UNPROVEN)) {
  test(`[LINK-23] a knock that ${name} proves no device`, () => {
    assert.deepEqual(effectsOf([FRAME, input, JUDGED]), ['unseal']);
  });
}

test('[LINK-23] a caller that may not know gets nothing, also if it is judged again', () => {
  assert.deepEqual(effectsOf([FRAME, opened(), { type: 'judged', mayKnow: false }, JUDGED]), ['unseal', 'judge']);
});

test('[LINK-23] a second knock is not opened, and ends the first', () => {
  assert.deepEqual(effectsOf([FRAME, FRAME, opened(), JUDGED]), ['unseal']);
  assert.deepEqual(effectsOf([FRAME, opened(), FRAME, JUDGED]), ['unseal', 'judge']);
});

test('[LINK-24] an answer of another device, for another connection or in another form is none', () => {
  const answerOf = (options: Partial<ConstructorParameters<typeof ListenerKnock>[0]>): string => {
    const knock = new ListenerKnock({ exporter, device: alice, primitives, ...options });
    const { plain } = new DiallerKnock({
      exporter,
      device: bob,
      record,
      listener,
      primitives,
      ...dialledOf(options),
    }).toSeal();
    knock.handle(FRAME);
    knock.handle({ type: 'unsealed', plain });
    const [answer] = knock.handle(JUDGED) as [Extract<ListenerKnockEffect, { type: 'answer' }>];
    return JSON.stringify(answer.frame);
  };
  assert.ok(dialler().isAnswered(answerOf({})));
  for (const wrong of [
    answerOf({ device: fakeKey('mallory') }),
    answerOf({ exporter: 'another' }),
    '{',
    '{"type":"welcome"}',
  ])
    assert.ok(!dialler().isAnswered(wrong));
});

/** What a dialler must have dialled so that a listener with these options takes its knock. */
function dialledOf({ device, exporter: other }: { device?: { publicKey: string }; exporter?: string }) {
  return { ...(device && { listener: { device: device.publicKey, exchange } }), ...(other && { exporter: other }) };
}
