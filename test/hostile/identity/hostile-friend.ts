// A friend who lies: it has the keys of a real friend, and sends records, claims and lines that no honest client sends.

import type { ListedDevice, UserRecord } from '../../../protocols/directory/record.js';
import { signObject, type Signed } from '../../../protocols/kit/signed.js';
import { FakePeer } from '../../client/engine/harness/fake-peer.js';
import type { Client } from '../../client/engine/harness/test-client.js';
import type { Testbed } from '../../client/engine/harness/testbed.js';
import { fakePrimitives } from '../../sim/kernel/fake-primitives.js';

export class HostileFriend extends FakePeer {
  /** The friend is online as far as the client knows, and both are friends. */
  static of(client: Client, testbed: Testbed, name = 'mallory'): HostileFriend {
    const friend = new HostileFriend(name, testbed);
    friend.befriend(client);
    return friend;
  }

  /** A record, signed by this friend's identity key, that lists any devices with any proofs. */
  recordListing(devices: readonly ListedDevice[], version = 2): Signed {
    const record: UserRecord = {
      name: this.name,
      version,
      key: this.identity.publicKey,
      devices: [...devices],
      previous: null,
      at: 0,
    };
    return signObject('record', record, this.identity, fakePrimitives);
  }
}
