// A user controlled by the fuzzer: keys and record, with which it can make valid and invalid messages.

import { signRecord } from '../../../protocols/directory/record-signing.js';
import type { Signed } from '../../../protocols/kit/signed.js';
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
  const devices = [{ device: keys.device, exchange: keys.exchange.publicKey, since: 1 }];
  const fields = { name, version: 1, identity: keys.identity, devices, previous: null, at: 1 };
  return { name, ...keys, record: signRecord(fields, primitives) };
}
