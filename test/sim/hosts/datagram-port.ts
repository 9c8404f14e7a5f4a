// The UDP socket of one life of a client: what it sends may be lost, doubled, late, and overtaken.

import type { Endpoint } from '../../../client/engine/core/io.js';
import type { Listener, Town } from '../network/town.js';

export class DatagramPort {
  private readonly spokenTo = new Set<string>();

  constructor(private readonly town: Town) {}

  send(self: Listener, to: Endpoint, bytes: Uint8Array): void {
    const { ground, run } = this.town;
    this.spokenTo.add(to.host);
    run.tally.add('datagrams');
    if (ground.chance('datagramLoss')) return run.tally.add('datagrams lost');
    const doubled = ground.chance('datagramDoubling');
    if (doubled) run.tally.add('datagrams doubled');
    for (let copies = doubled ? 2 : 1; copies > 0; copies -= 1) {
      run.timeline.after(ground.latency(), () => this.arrive(self, to, bytes.slice()));
    }
  }

  /** A router that takes no dials lets in only answers. */
  letsIn(self: Listener, from: Endpoint): boolean {
    return self.takesDials || this.spokenTo.has(from.host);
  }

  private arrive(self: Listener, to: Endpoint, bytes: Uint8Array): void {
    const peer = this.town.at(to);
    if (peer && this.town.ground.isReachable(self.place, peer.place)) peer.datagram(self.endpoint, bytes);
  }
}
