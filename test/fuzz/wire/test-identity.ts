// A user controlled by the fuzzer: keys and record, with which it can make valid and invalid messages.

import type { UserRecord } from '../../../protocols/directory/record.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import {
  makeExchangeKey,
  makeSigningKey,
  primitives,
  type ExchangeKey,
  type SigningKey,
} from '../../../runtime/crypto.js';

export interface TestIdentity {
  readonly name: string;
  readonly identity: SigningKey;
  readonly device: SigningKey;
  readonly exchange: ExchangeKey;
  readonly record: Signed;
}

/** A new identity that is not registered. */
export function makeTestIdentity(name: string): TestIdentity {
  const keys = { identity: makeSigningKey(), device: makeSigningKey(), exchange: makeExchangeKey() };
  return { name, ...keys, record: signObject('record', recordOf(name, keys), keys.identity, primitives) };
}

export function recordOf(
  name: string,
  { identity, device, exchange }: Omit<TestIdentity, 'name' | 'record'>,
): UserRecord {
  const devices = [{ device: device.publicKey, exchange: exchange.publicKey, since: 1 }];
  return { name, version: 1, key: identity.publicKey, devices, previous: null, at: 1 };
}
