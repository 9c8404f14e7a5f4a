// A user with keys, for tests: makes the records and proofs that a client would make.

import { signObject, type Signed } from '../../protocols/kit/signed.js';
import { makeExchangeKey, makeSigningKey, primitives } from '../../runtime/crypto.js';

export interface RecordChanges {
  readonly version?: number;
  readonly name?: string;
  readonly devices?: readonly string[];
  readonly at?: number;
}

export class Person {
  readonly identity = makeSigningKey();
  readonly deviceKey = makeSigningKey();
  readonly exchange = makeExchangeKey().publicKey;

  constructor(readonly name: string) {}

  get device(): string {
    return this.deviceKey.publicKey;
  }

  record({ version = 1, name = this.name, devices = [this.device], at = 0 }: RecordChanges = {}): Signed {
    const listed = devices.map((device) => ({ device, exchange: this.exchange, since: 0 }));
    const record = { name, version, key: this.identity.publicKey, devices: listed, previous: null, at };
    return signObject('record', record, this.identity, primitives);
  }

  tombstone(version: number): Signed {
    return this.record({ version, devices: [] });
  }

  proof(claim: { server: string; challenge: string; boot: number }, deviceKey = this.deviceKey): Signed {
    const proof = { ...claim, name: this.name, device: deviceKey.publicKey };
    return signObject('session', proof, deviceKey, primitives);
  }
}
