// A record that lists the device of another user: the name server and every client refuse it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordShape, type ListedDevice, type UserRecord } from '../../../protocols/directory/record.js';
import { readRecord } from '../../../protocols/directory/record-verification.js';
import { signRecord } from '../../../protocols/directory/record-signing.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { signedBytes, signObject, type Signed } from '../../../protocols/kit/signed.js';
import { primitives, type SigningKey } from '../../../runtime/crypto.js';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import { Testbed } from '../../client/engine/harness/testbed.js';
import { CoreTestbed } from '../../nameserver/core-testbed.js';
import { Person } from '../../nameserver/person.js';
import { HostileFriend } from './hostile-friend.js';

const carol = new Person('carol');
const mallory = new Person('mallory');

function opened(signed: Signed): UserRecord {
  const record = parseJson(signed.payload);
  assert.ok(recordShape.accepts(record));
  return record;
}

const genuine = opened(carol.record()).devices[0] as ListedDevice;

/** A record by mallory, with the true signature of mallory's identity key, that lists this device. */
function listing(device: object, name = 'mallory'): Signed {
  const record = { name, version: 1, key: mallory.identity.publicKey, devices: [device], previous: null, at: 0 };
  return signObject('record', record, mallory.identity, primitives);
}

/** Carol's device with a proof that another key made, over the words that carol's device would have to sign. */
function signedBy(key: SigningKey): object {
  const words = ['mallory', mallory.identity.publicKey, genuine.device, genuine.exchange, genuine.since];
  return { ...genuine, proof: primitives.sign(signedBytes('device', JSON.stringify(words)), key) };
}

/** A device that carol listed for mallory in earnest, with one field changed afterwards. */
function changed(change: Partial<ListedDevice>): object {
  const fields = { name: 'mallory', version: 1, identity: mallory.identity, previous: null, at: 0 };
  const devices = [{ device: carol.deviceKey, exchange: carol.exchange, since: 0 }];
  return { ...opened(signRecord({ ...fields, devices }, primitives)).devices[0], ...change };
}

const FORGERIES: readonly [string, Signed, string][] = [
  ['without a proof', listing({ ...genuine, proof: undefined }), 'MALFORMED'],
  ['with the proof from its owner’s record', listing(genuine), 'SIGNATURE_INVALID'],
  ['with a proof by the lister’s identity key', listing(signedBy(mallory.identity)), 'SIGNATURE_INVALID'],
  ['with a proof by the lister’s device', listing(signedBy(mallory.deviceKey)), 'SIGNATURE_INVALID'],
  ['with another exchange key', listing(changed({ exchange: mallory.exchange })), 'SIGNATURE_INVALID'],
  ['with another time', listing(changed({ since: 1 })), 'SIGNATURE_INVALID'],
  ['that was proven for another name', listing(changed({}), 'trent'), 'SIGNATURE_INVALID'],
];

for (const [how, record, code] of FORGERIES) {
  test(`[DIR-13] the name server and clients refuse a record with a device of another user, ${how}`, () => {
    const owner = new Person(opened(listing(genuine, how.includes('another name') ? 'trent' : 'mallory')).name);
    assert.equal(new CoreTestbed().register(owner, record), code);
    assert.equal(readRecord(record, primitives), null);
  });
}

test('[DIR-13] one device without a valid proof spoils a record whose other devices are proven', () => {
  const own = opened(mallory.record()).devices[0];
  const record = { ...opened(mallory.record()), devices: [own, genuine] };
  const signed = signObject('record', record, mallory.identity, primitives);
  assert.equal(new CoreTestbed().register(mallory, signed), 'SIGNATURE_INVALID');
  assert.ok(readRecord(mallory.record(), primitives));
});

test('[DIR-13] a record of version 1, signed over "kith/record/1", is refused', () => {
  const { payload } = mallory.record();
  const bytes = Buffer.from(`kith/record/1\0${payload}`);
  const old = { payload, signature: primitives.sign(bytes, mallory.identity) };
  assert.equal(new CoreTestbed().register(mallory, old), 'SIGNATURE_INVALID');
});

/** Alice has the friends mallory and carol, in this order. Mallory then lists carol's device with carol's own proof. */
function takenDevice(): { testbed: Testbed; alice: Client; carol: FakePeer; mallory: HostileFriend } {
  const testbed = new Testbed();
  const [alice] = testbed.online('alice') as [Client];
  const mallory = HostileFriend.of(alice, testbed);
  const carol = new FakePeer('carol', testbed);
  carol.befriend(alice);
  const listed = opened(carol.record()).devices[0] as ListedDevice;
  mallory.register(mallory.recordListing([opened(mallory.record()).devices[0] as ListedDevice, listed]));
  alice.command({ type: 'update' });
  testbed.settle();
  return { testbed, alice, carol, mallory };
}

/** True iff the client takes the holder of this device for one of its friends. */
function isLetIn(client: Client, device: string): boolean {
  const knocked = { type: 'knocked', knock: 1, purpose: 'posts', device, record: null } as const;
  return client.give(knocked).some(({ type }) => type === 'knock_admit');
}

test('[DIR-14] a friend who lists the device of another friend does not get that device', () => {
  const { testbed, alice, carol, mallory } = takenDevice();
  alice.command({ type: 'remove', user: 'mallory' });
  testbed.settle();
  assert.equal(isLetIn(alice, mallory.device), false);
  assert.equal(isLetIn(alice, carol.device), true);
});

test('[DIR-14] a link by the device of another user does not pass for the lister', () => {
  const { alice, carol, mallory } = takenDevice();
  const listed = opened(carol.record()).devices[0] as ListedDevice;
  const record = mallory.recordListing([listed], 3);
  mallory.dial(alice, 901, carol.device);
  const effects = mallory.say(alice, 901, mallory.hello({ device: carol.device, record }));
  assert.ok(effects.some((effect) => effect.type === 'link_close'));
  assert.ok(!effects.some((effect) => effect.type === 'link_send' && 'record' in effect.frame));
});
