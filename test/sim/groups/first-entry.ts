// The first entry of the simulated group.

import { signRecord } from '../../../protocols/directory/record-signing.js';
import type { LogEntry } from '../../../protocols/groups/entry.js';
import { randomId } from '../../../protocols/kit/random-id.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';
import type { Random } from '../kernel/random.js';
import { START_TIME } from '../kernel/timeline.js';

export function firstEntry(founder: string, random: Random): Signed {
  const device = fakeKey(`device of ${founder}`);
  const identity = fakeKey(`identity of ${founder}`);
  const devices = [{ device, exchange: device.publicKey, since: 0 }];
  const content = { name: founder, version: 1, identity, devices, previous: null, at: 0 };
  const record = signRecord(content, fakePrimitives);
  const history = random.pick(['none', 'all', 'all', 3] as const);
  const policy = { deputies: [], history, join: 'ask' as const };
  const nonce = randomId(random);
  const op = { do: 'create' as const, name: 'lake', public: false, nonce, record, policy, cites: null };
  const place = { group: null, index: 0, previous: null, term: 0 };
  const entry: LogEntry = { ...place, op, at: START_TIME, by: founder, device: device.publicKey };
  return signObject('group', entry, device, fakePrimitives);
}
