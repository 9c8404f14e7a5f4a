// Admission of members: the consent of a user, and the identity key under which the user is added.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GroupTestbed } from '../testbed.js';

const NAMES = ['alice', 'bob', 'carol', 'dave'];

test('[GROUP-2] a consent for another group, of another device, or older than a removal admits no user', () => {
  const testbed = new GroupTestbed(NAMES);
  testbed.add('bob');
  const { record } = testbed.get('carol');
  const refused = (consent: ReturnType<GroupTestbed['consentOf']>) => {
    testbed.get('alice').execute({ type: 'add', user: 'carol', record, consent });
    return testbed.effectsOf('alice', 'refused').at(-1)?.refusal.about;
  };
  assert.equal(
    refused(testbed.consentOf('carol', 'alice', { group: 'B'.repeat(21) + 'A' })),
    'lake: there is no consent of this user for this group',
  );
  assert.equal(refused(testbed.consentOf('bob')), 'lake: there is no consent of this user for this group');
  assert.equal(
    refused(testbed.consentOf('carol', 'alice', { head: { index: 0, hash: 'B'.repeat(21) + 'A' } })),
    'lake: the consent cites another history',
  );
  const early = testbed.consentOf('carol');
  testbed.add('carol');
  testbed.get('alice').execute({ type: 'remove', user: 'carol' });
  assert.equal(refused(early), 'lake: the consent is older than the end of the membership');
});

test('[GROUP-41] an `add` entry is valid only if it, its consent and its record have one key', () => {
  const testbed = new GroupTestbed(NAMES);
  testbed.add('bob');
  const { log } = testbed.member('bob');
  const { record, identity } = testbed.get('carol');
  const [key, other] = [identity.publicKey, testbed.get('dave').identity.publicKey];
  const faultOf = (entryKey: string, consentKey: string): string | null => {
    const consent = testbed.consentOf('carol', 'alice', { key: consentKey });
    const op = { do: 'add' as const, user: 'carol', key: entryKey, record, consent };
    return log.prefix(log.position.index).append(testbed.entry(op, { on: 'bob', by: 'alice' }));
  };
  assert.equal(faultOf(key, other), 'the consent has another key than the entry');
  assert.equal(faultOf(other, other), 'the record has another key than the entry');
  assert.equal(faultOf(key, key), null);
});
