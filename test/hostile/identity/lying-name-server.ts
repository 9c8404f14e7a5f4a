// A name server that lies about users: it answers look-ups with records that it forged, as often as the test says.

import type { Signed } from '../../../protocols/kit/signed.js';
import type { Testbed } from '../../client/engine/harness/testbed.js';

export class LyingNameServer {
  private readonly forged = new Map<string, { record: Signed; times: number }>();

  /** Takes over the name server of a testbed. Registrations, sessions and letters stay as they are. */
  constructor({ server }: Testbed) {
    const answer = server.answer.bind(server);
    server.answer = (question) => {
      const said = answer(question);
      if (said.type !== 'users') return said;
      return {
        ...said,
        users: said.users.map((user) => ({ ...user, record: this.recordFor(user.name) ?? user.record })),
      };
    };
  }

  /** The next `times` look-ups of this name give the forged record. */
  forge(name: string, record: Signed, times = Infinity): void {
    this.forged.set(name, { record, times });
  }

  private recordFor(name: string): Signed | null {
    const lie = this.forged.get(name);
    if (!lie || lie.times <= 0) return null;
    lie.times -= 1;
    return lie.record;
  }
}
