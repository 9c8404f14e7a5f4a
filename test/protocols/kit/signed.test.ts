// Signed objects: a signature is worth something for one text, by one key, in one slot, and nowhere else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Type } from '../../../protocols/kit/packages/typebox.js';
import { compileShape, exactly } from '../../../protocols/kit/shapes.js';
import { utf8 } from '../../../protocols/kit/bytes.js';
import {
  presenceCountsShape,
  peerAddressShape,
  envelopeHeaderShape,
} from '../../../protocols/channels/peer-protocol.js';
import {
  cardShape,
  channelMessageShape,
  directMessageShape,
  entryProofShape,
} from '../../../protocols/channels/signed-objects.js';
import { readRecord } from '../../../protocols/directory/record-verification.js';
import { letterShape, type Letter } from '../../../protocols/letters/messages.js';
import { grantShape } from '../../../protocols/posts/grant.js';
import { manifestShape, removalShape } from '../../../protocols/posts/manifest.js';
import { ID, manifest } from '../posts/samples.js';
import { recordShape } from '../../../protocols/directory/record.js';
import { sessionProofShape } from '../../../protocols/session/messages.js';
import { serverProofShape } from '../../../protocols/kit/server-proof/messages.js';
import { objectId, openSigned, signObject, SIGNED_TYPES, type Signed } from '../../../protocols/kit/signed.js';
import { makeSigningKey, primitives } from '../../../runtime/crypto.js';
import { Person } from '../../nameserver/person.js';

const alice = new Person('alice');
const key = alice.device;
const anything = compileShape(Type.Unknown());
const numbered = compileShape(exactly({ n: Type.Number() }));

/** The statements of a group have shapes of their own, tested with the group: here it is the slot that counts. */
const STATED = { group: 'A'.repeat(22), by: 'alice', device: key };
const GROUP_OBJECTS = {
  group: STATED,
  consent: STATED,
  adopted: STATED,
  heartbeat: STATED,
  leave: STATED,
  transfer: STATED,
  vote: STATED,
  group_message: STATED,
};

const SPOKEN = { key, exchange: key, name: 'alice', life: ID, counter: 1, at: 1 };
const CHANNEL_OBJECTS = {
  card: { key, exchange: key, name: 'alice' },
  entry: { server: key, origin: 'http://a.example', challenge: key, exporter: null, key, life: ID },
  channel_message: { ...SPOKEN, channel: 'lab', text: 'hi' },
  direct: { ...SPOKEN, to: key, sealed: 'AAAA' },
  relayed: { origin: key, boot: 1, seq: 1, at: 1, kind: 'channel', id: ID },
  census: { origin: key, channels: [{ channel: 'lab', count: 2 }] },
  peer_address: { server: key, host: 'a.example', port: 1, at: 1 },
};

const BOUND = { server: key, origin: 'http://a.example', challenge: key, exporter: null };

/** A genuine object of each type, all by one key. */
function genuine(type: (typeof SIGNED_TYPES)[number]): Signed {
  const letter: Letter = { from: 'alice', device: key, to: 'bob', toDevice: key, kind: 'bye', at: 1, body: {} };
  const objects = {
    record: { name: 'alice', version: 1, key, devices: [], previous: null, at: 1 },
    device: ['alice', key, key, key, 1],
    knock: ['dialler', key, key, key],
    own_proofs: { key },
    session: { ...BOUND, name: 'alice', device: key, boot: 1 },
    session_offer: { ...BOUND, nonce: key },
    channel_offer: { ...BOUND, nonce: key },
    server: { server: key },
    letter,
    letter_key: { device: key, number: 1, key, at: 1 },
    one_time_key: { device: key, number: 1, key, at: 1 },
    unopened: { device: key, letter: ID },
    post: manifest({ device: key }),
    post_removal: { author: 'alice', device: key, id: ID, at: 1 },
    post_grant: { author: 'alice', device: key, friend: 'bob', key, until: 1 },
    ...GROUP_OBJECTS,
    ...CHANNEL_OBJECTS,
  };
  return signObject(type, objects[type], alice.deviceKey, primitives);
}

const SHAPES = {
  record: recordShape,
  device: anything,
  knock: anything,
  own_proofs: anything,
  session: sessionProofShape,
  session_offer: serverProofShape,
  channel_offer: serverProofShape,
  letter: letterShape,
  letter_key: anything,
  one_time_key: anything,
  unopened: anything,
  server: anything,
  post: manifestShape,
  post_removal: removalShape,
  post_grant: grantShape,
  group: anything,
  consent: anything,
  adopted: anything,
  heartbeat: anything,
  leave: anything,
  transfer: anything,
  vote: anything,
  group_message: anything,
  card: cardShape,
  entry: entryProofShape,
  channel_message: channelMessageShape,
  direct: directMessageShape,
  relayed: envelopeHeaderShape,
  census: presenceCountsShape,
  peer_address: peerAddressShape,
};

for (const type of SIGNED_TYPES) {
  test(`a signed ${type} opens in its own slot`, () => {
    assert.ok(openSigned<unknown>(type, genuine(type), { key, shape: SHAPES[type], primitives }));
  });

  for (const slot of SIGNED_TYPES.filter((other) => other !== type)) {
    test(`a signed ${type} replayed as a ${slot} is refused, whatever shape is asked for`, () => {
      assert.equal(openSigned(slot, genuine(type), { key, shape: anything, primitives }), null);
    });
  }

  test(`the id of a ${type} is the id of nothing else with the same text`, () => {
    const { payload } = genuine(type);
    const others = [...SIGNED_TYPES.filter((other) => other !== type), 'message', 'conversation', 'quick'] as const;
    for (const other of others) {
      assert.notEqual(objectId(type, payload, primitives), objectId(other, payload, primitives));
    }
  });
}

test('a session proof that happens to read like a record is no record', () => {
  const { payload } = alice.record();
  const asSession = signObject('session', JSON.parse(payload) as object, alice.identity, primitives);
  assert.equal(asSession.payload, payload);
  assert.equal(readRecord(asSession, primitives), null);
  assert.ok(readRecord(alice.record(), primitives));
});

test('one changed letter of the text, another signature or another key opens nothing', () => {
  const signed = signObject('letter', { n: 1 }, alice.deviceKey, primitives);
  const other = signObject('letter', { n: 2 }, alice.deviceKey, primitives);
  const open = (what: Signed, by = key) => openSigned('letter', what, { key: by, shape: numbered, primitives });
  assert.deepEqual(open(signed), { n: 1 });
  assert.equal(open({ ...signed, payload: '{"n":2}' }), null);
  assert.equal(open({ ...signed, payload: '{"n": 1}' }), null);
  assert.equal(open({ ...signed, signature: other.signature }), null);
  assert.equal(open(signed, makeSigningKey().publicKey), null);
  assert.equal(open(signed, 'no key at all'), null);
});

test('a genuine signature over what is not JSON, or not of the shape, opens nothing', () => {
  const bytes = (payload: string) => utf8(`kith/letter/1\0${payload}`);
  for (const payload of ['', 'n', '{"n":1', '{"n":"1"}', '{"n":1,"m":2}', '[1]']) {
    const signed = { payload, signature: primitives.sign(bytes(payload), alice.deviceKey) };
    assert.equal(openSigned('letter', signed, { key, shape: numbered, primitives }), null, payload);
  }
});

test('the signature is over "kith/<type>/1", a zero byte and the exact text', () => {
  const { payload, signature } = signObject('letter', { text: 'é' }, alice.deviceKey, primitives);
  assert.ok(primitives.verify(Buffer.from(`kith/letter/1\0${payload}`), signature, key));
});

test('an id is 16 bytes of SHA-256, and differs where a text differs', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      const id = objectId('message', a, primitives);
      const whole = Buffer.from(primitives.sha256(Buffer.from(`kith/message/1\0${a}`)));
      assert.equal(id, whole.subarray(0, 16).toString('base64url'));
      assert.equal(id === objectId('message', b, primitives), a === b);
    }),
  );
});
