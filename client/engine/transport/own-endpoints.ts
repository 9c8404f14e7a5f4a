// Where friends can reach this device: the addresses the host knows, and the one the name server sees.

import { LIMITS } from '../../../protocols/kit/limits.js';
import type { Endpoint } from '../core/endpoint.js';
import type { InputOf, Part } from '../core/part.js';
import type { Session } from '../server/session.js';

export class OwnEndpoints implements Part {
  readonly inputs = { network: ({ endpoints }: InputOf<'network'>) => void (this.known = endpoints) };
  private known: readonly Endpoint[] = [];

  constructor(private readonly session: Session) {}

  /** The endpoints that the host knows. */
  get local(): readonly Endpoint[] {
    return this.known;
  }

  /** The port we listen on, TCP and UDP alike; 1 before the host has named it. */
  get port(): number {
    return this.local[0]?.port ?? 1;
  }

  /** What an offer lists: our own addresses, and the address the name server sees where it is none of them. */
  offered(): Endpoint[] {
    const { seenAddress } = this.session;
    const isListed = seenAddress === null || this.local.some(({ host }) => host === seenAddress);
    const seen = isListed ? [] : [{ host: seenAddress, port: this.port }];
    return [...this.local, ...seen].slice(0, LIMITS.endpointsPerOffer);
  }
}
