// A person that a byzantine member made up: it has the name of a real user, and an identity key and device of its own.

import { signRecord } from '../../../../protocols/directory/record-signing.js';
import type { LogPosition } from '../../../../protocols/groups/entry.js';
import type { GroupMessage } from '../../../../protocols/groups/group-message.js';
import type { MembershipLog } from '../../../../protocols/groups/log/membership-log.js';
import type { SecretKey } from '../../../../protocols/kit/primitives.js';
import { signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { fakeKey, fakePrimitives } from '../../kernel/fake-primitives.js';

export class MadeUpPerson {
  readonly key: string;
  readonly record: Signed;
  readonly consent: Signed;
  private readonly device: SecretKey;

  constructor(
    readonly name: string,
    log: MembershipLog,
  ) {
    this.device = fakeKey(`made-up device of ${name}`);
    this.key = this.identity.publicKey;
    this.record = this.recordOf(1, this.device);
    const { index, hash } = log.position;
    const author = { group: log.group, by: name, device: this.device.publicKey, key: this.key };
    const consent = { ...author, head: { index, hash }, nonce: 'A'.repeat(22), at: 1 };
    this.consent = signObject('consent', consent, this.device, fakePrimitives);
  }

  /** Its second record, with another device. */
  renewedRecord(): Signed {
    return this.recordOf(2, fakeKey(`second made-up device of ${this.name}`));
  }

  private get identity(): SecretKey {
    return fakeKey(`made-up identity of ${this.name}`);
  }

  private recordOf(version: number, device: SecretKey): Signed {
    const { name, identity } = this;
    const devices = [{ device, exchange: device.publicKey, since: 0 }];
    return signRecord({ name, version, identity, devices, previous: null, at: 0 }, fakePrimitives);
  }

  /** Its first message, sent under this entry. */
  message(group: string, epoch: LogPosition): Signed {
    const author = { group, epoch, by: this.name, device: this.device.publicKey };
    const place = { seq: 1, previous: null, before: 0, after: [], lamport: 1, at: 1 };
    const message: GroupMessage = { ...author, ...place, text: `I am ${this.name}` };
    return signObject('group_message', message, this.device, fakePrimitives);
  }
}
