// The addresses at which the servers of a cluster reach each other, looked up at the start and again and again.

import { canonicalHost } from '../../protocols/kit/bounds/ip-address.js';
import type { ServerAddresses } from '../../protocols/rooms/config-file.js';
import type { Endpoint } from '../../runtime/net/endpoint.js';
import { resolveEndpoint } from '../../runtime/net/room-socket.js';
import { explainError } from '../../runtime/operational-error.js';

type Resolve = (endpoint: Endpoint) => Promise<Endpoint>;

export class PeerAddresses {
  /** Null while the name of a server cannot be looked up. */
  private readonly found: (Endpoint | null)[] = [];

  /** `onUnresolved`: told once about each name that cannot be looked up yet. */
  constructor(
    private readonly servers: readonly ServerAddresses[],
    private readonly onUnresolved: (reason: string, at: number) => void = () => undefined,
    private readonly resolveHost: Resolve = resolveEndpoint,
  ) {}

  /** Counted from 0. */
  at(index: number): Endpoint | null {
    return this.found[index] ?? null;
  }

  /** Trouble with the name of another server concerns this one no more than a silent server [ROOM-13]. */
  async lookUp(): Promise<void> {
    await Promise.all(
      this.servers.map(async ({ forward }, at) => {
        try {
          this.found[at] = await this.resolveHost(forward);
        } catch (error) {
          const isNew = this.found[at] === undefined;
          this.found[at] ??= null; // an address that was right may still be
          if (isNew) this.onUnresolved(explainError(error, forward.host), at);
        }
      }),
    );
  }

  /** One line for each server whose name leads to the address of an earlier one [ROOM-19]. */
  sharedAddresses(): string[] {
    const texts = this.found.map((found) => found && `${canonicalHost(found.host)} ${found.port}`);
    return texts.flatMap((text, at) => {
      const first = texts.indexOf(text);
      if (text === null || first === at) return [];
      return [`server ${at + 1} has the address of server ${first + 1}: ${text}. Each server needs its own`];
    });
  }
}
