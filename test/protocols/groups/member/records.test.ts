// The device records that a member stores.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MadeUpPerson } from '../../../sim/groups/byzantine/made-up-person.js';
import { GroupTestbed } from '../testbed.js';

test('[GROUP-5] a restart forgets no record, although a made-up member of that name has one too', () => {
  const testbed = GroupTestbed.of(['alice', 'bob', 'carol']);
  const [bob, carol] = [testbed.get('bob'), testbed.get('carol')];
  testbed.isolate('carol');
  for (let nth = 0; nth < 2; nth += 1) {
    bob.renew();
    carol.put({ type: 'record', signed: bob.record });
  }
  testbed.offer('carol', 'alice', [
    testbed.entry({ do: 'remove', user: 'bob', cut: [] }, { on: 'carol', by: 'alice' }),
  ]);
  const person = new MadeUpPerson('bob', testbed.member('carol').log);
  const { key, record, consent } = person;
  const op = { do: 'add', user: 'bob', key, record, consent } as const;
  testbed.offer('carol', 'alice', [testbed.entry(op, { on: 'carol', by: 'alice' })]);
  carol.put({ type: 'record', signed: person.renewedRecord() });
  testbed.restart('carol');
  const { roster } = testbed.member('carol').log;
  const between = bob.replaced[1]?.publicKey ?? '';
  assert.ok(roster.owns('bob', bob.identity.publicKey, between));
});
