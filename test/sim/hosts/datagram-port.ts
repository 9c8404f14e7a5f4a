// The simulated UDP socket of a client: datagrams may be lost, duplicated, delayed and reordered.

import type { Endpoint } from '../../../client/engine/core/endpoint.js';
import type { NetworkListener, SimulatedNetwork } from '../network/simulated-network.js';

export class DatagramPort {
  private readonly spokenTo = new Set<string>();

  constructor(private readonly network: SimulatedNetwork) {}

  send(self: NetworkListener, to: Endpoint, bytes: Uint8Array): void {
    const { model, run } = this.network;
    this.spokenTo.add(to.host);
    run.tally.add('datagrams');
    if (model.chance('datagramLoss')) return run.tally.add('datagrams lost');
    const doubled = model.chance('datagramDuplication');
    if (doubled) run.tally.add('datagrams duplicated');
    for (let copies = doubled ? 2 : 1; copies > 0; copies -= 1) {
      run.timeline.after(model.latencyMs(), () => this.arrive(self, to, bytes.slice()));
    }
  }

  /** A router that blocks incoming connections lets in answers only. */
  letsIn(self: NetworkListener, from: Endpoint): boolean {
    return self.takesDials || this.spokenTo.has(from.host);
  }

  private arrive(self: NetworkListener, to: Endpoint, bytes: Uint8Array): void {
    const peer = this.network.at(to);
    if (peer && this.network.model.isReachable(self.node, peer.node)) peer.datagram(self.endpoint, bytes);
  }
}
