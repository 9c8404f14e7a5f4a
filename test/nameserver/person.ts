// A user with keys, for tests: makes the records and proofs that a client would make.

import { signObject, type Signed } from '../../protocols/kit/signed.js';
import { signRecord } from '../../protocols/directory/record-signing.js';
import type { SessionProof } from '../../protocols/session/messages.js';
import { makeExchangeKey, makeSigningKey, primitives, type SigningKey } from '../../runtime/crypto.js';

export interface RecordChanges {
  readonly version?: number;
  readonly name?: string;
  readonly devices?: readonly SigningKey[];
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

  record({ version = 1, name = this.name, devices = [this.deviceKey], at = 0 }: RecordChanges = {}): Signed {
    const listed = devices.map((device) => ({ device, exchange: this.exchange, since: 0 }));
    return signRecord({ name, version, identity: this.identity, devices: listed, previous: null, at }, primitives);
  }

  tombstone(version: number): Signed {
    return this.record({ version, devices: [] });
  }

  proof(claim: Omit<SessionProof, 'name' | 'device'>, deviceKey = this.deviceKey): Signed {
    const proof = { ...claim, name: this.name, device: deviceKey.publicKey };
    return signObject('session', proof, deviceKey, primitives);
  }
}
