// Tests the one-time keys at the name server: a bounded stock for each device, each key given once, within budgets.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { signLetterKey } from '../../../protocols/letters/letter-key.js';
import { signOneTimeKey } from '../../../protocols/letters/one-time-key.js';
import { makeExchangeKey, primitives } from '../../../runtime/crypto.js';
import { CoreTestbed } from '../core-testbed.js';
import { Person } from '../person.js';

const ID = 'AAAAAAAAAAAAAAAAAAAAAA';
const { oneTimeKeysMax: MAX, oneTimeKeysLow: LOW } = LIMITS;

/** Bob has a session, a letter key and this many one-time keys at the server. */
function setUp(stock: number, options: ConstructorParameters<typeof CoreTestbed>[0] = {}) {
  const testbed = new CoreTestbed(options);
  const bob = new Person('bob');
  testbed.register(bob);
  const session = testbed.connect(bob);
  testbed.take(session);
  const { device, deviceKey } = bob;
  const made = (number: number) => ({ device, number, key: makeExchangeKey().publicKey, at: 1 });
  const offer = (number: number) =>
    testbed.send(session, { type: 'offer_key', key: signLetterKey(made(number), deviceKey, primitives) });
  const refill = (number: number, count: number) => {
    const keys = Array.from({ length: count }, () => signOneTimeKey(made(number), deviceKey, primitives));
    return { keys, heard: testbed.send(session, { type: 'offer_one_time_keys', number, keys }) };
  };
  offer(1);
  const { keys } = stock === 0 ? { keys: [] } : refill(1, stock);
  const writer = (name: string, address = '192.0.2.1') => {
    const person = new Person(name);
    testbed.register(person);
    const from = testbed.connect(person, address);
    testbed.take(from);
    return from;
  };
  const wanted = { type: 'key_wanted', id: ID, to: 'bob', device, oneTime: true };
  /** The one-time key that a writer gets; nothing with the letter key alone. */
  const ask = (from: number) => {
    const [frame] = testbed.send(from, wanted);
    assert.equal(frame?.type, 'key');
    return frame.type === 'key' ? frame.oneTime : undefined;
  };
  return { testbed, session, keys, offer, refill, writer, ask, wanted };
}

const offered = (number: number, oneTimeKeys: number) => ({ type: 'key_offered', number, oneTimeKeys });

test('[SESS-28] the server stores at most 32 one-time keys of a device, for the letter key that it offers', () => {
  const { offer, refill } = setUp(0);
  assert.deepEqual(refill(2, 3).heard, [offered(1, 0)]);
  assert.deepEqual(refill(1, MAX - 1).heard, [offered(1, MAX - 1)]);
  assert.deepEqual(refill(1, 5).heard, [offered(1, MAX)]);
  assert.deepEqual(offer(2), [offered(2, 0)]);
});

test('[SESS-29] each one-time key is given to one writer, after a restart too, and then the letter key alone', () => {
  const { testbed, keys, writer, ask } = setUp(2);
  const [first, second] = [writer('alice'), writer('carol')];
  assert.deepEqual([ask(first), ask(second)], keys);
  testbed.restart();
  assert.equal(testbed.store.keys.takeOneTimeKey({ name: 'bob', device: 'x' }), null);
  const late = setUp(1);
  late.ask(late.writer('alice'));
  assert.equal(late.ask(late.writer('carol')), undefined);
});

test('[SESS-29] a writer who does not ask for a one-time key gets none', () => {
  const { testbed, writer, wanted } = setUp(1);
  const [frame] = testbed.send(writer('alice'), { ...wanted, oneTime: false });
  assert.ok(frame?.type === 'key' && frame.oneTime === undefined);
});

test('[SESS-28] the device is told when 8 of its one-time keys are left, and when none is left', () => {
  const { testbed, session, writer, ask } = setUp(LOW + 2);
  for (let nth = 0; nth < LOW + 2; nth += 1) ask(writer(`writer-${nth}`));
  assert.deepEqual(testbed.take(session), [offered(1, LOW), offered(1, 0)]);
});

test('[SESS-29] one name gets few one-time keys of one device', () => {
  const { writer, ask } = setUp(MAX);
  const alice = writer('alice');
  const given = Array.from({ length: 10 }, () => ask(alice)).filter((key) => key !== undefined);
  assert.equal(given.length, LIMITS.oneTimeKeysPerPair.burst);
});

test('[SESS-29] many names do not empty the stock of a device faster than its budget, with refills too', () => {
  const { testbed, refill, writer, ask } = setUp(MAX);
  const { burst } = LIMITS.oneTimeKeysPerDevice;
  let given = 0;
  for (let nth = 0; nth < burst + 10; nth += 1) {
    if (ask(writer(`writer-${nth}`)) !== undefined) given += 1;
    if (nth % MAX === MAX - 1) refill(1, MAX);
  }
  assert.equal(given, burst);
  testbed.pass(3_600_000);
  assert.notEqual(ask(writer('late')), undefined);
});

test('[SESS-29] a name, and the names of a network together, get a limited number of one-time keys', () => {
  const { testbed, wanted, writer } = setUp(0);
  const alice = writer('alice');
  const given = (from: number, devices: number, name: string): number => {
    let count = 0;
    for (let nth = 0; nth < devices; nth += 1) {
      const person = new Person(`${name}-${nth}`);
      testbed.register(person, person.record(), { network: `198.51.${nth}.0/24` });
      const mailbox = { name: person.name, device: person.device };
      const signed = { payload: '{}', signature: 'A'.repeat(86) };
      testbed.store.keys.putLetterKey(mailbox, { number: 1, signed });
      testbed.store.keys.addOneTimeKey(mailbox, signed);
      const [frame] = testbed.send(from, { ...wanted, to: person.name, device: person.device });
      if (frame?.type === 'key' && frame.oneTime) count += 1;
    }
    return count;
  };
  const { burst } = LIMITS.oneTimeKeysPerName;
  assert.equal(given(alice, burst + 5, 'p'), burst);
  let left = LIMITS.oneTimeKeysPerNetwork.burst - burst;
  for (let nth = 0; left > 0; nth += 1) {
    const got = given(writer(`more-${nth}`), burst, `q${nth}`);
    assert.equal(got, Math.min(left, burst));
    left -= got;
  }
  assert.equal(given(writer('last'), 3, 'z'), 0);
});
