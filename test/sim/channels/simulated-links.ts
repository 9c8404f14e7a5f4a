// Links between simulated servers. They keep order, but delay, clog and break.

import type { RelayInput } from '../../../protocols/channels/relay/io.js';
import type { Random } from '../kernel/random.js';
import type { Timeline } from '../kernel/timeline.js';

/** A server that others can dial. */
export interface SimulatedPeer {
  readonly name: string;
  readonly key: string;
  readonly isUp: boolean;
  /** True: its frames have no latency. */
  readonly isQuick?: boolean;
  put(input: RelayInput): void;
}

interface End {
  readonly owner: SimulatedPeer;
  readonly link: number;
  other: End | null;
  arrivesAt: number;
}

export class SimulatedLinks {
  readonly peers = new Map<string, SimulatedPeer>();
  private readonly ends = new Map<number, End>();
  private readonly cloggedUntil = new Map<string, number>();
  private links = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly random: Random,
    private latencyMs: number,
    private slowMs: number,
  ) {}

  dial(from: SimulatedPeer, dial: number, to: string): void {
    this.timeline.after(this.random.skewed(1, this.latencyMs), () => {
      const other = this.peers.get(to);
      if (!from.isUp) return;
      if (!other?.isUp) return from.put({ type: 'dial_failed', dial, reason: 'nobody there' });
      const [ours, theirs] = [this.end(from), this.end(other)];
      [ours.other, theirs.other] = [theirs, ours];
      from.put({ type: 'peer_opened', link: ours.link, dial, peerKey: other.key, from: { host: to, port: 1 } });
      const endpoint = { host: from.name, port: 2 };
      other.put({ type: 'peer_opened', link: theirs.link, dial: null, peerKey: from.key, from: endpoint });
    });
  }

  send(link: number, text: string): void {
    const end = this.ends.get(link);
    if (!end?.other) return;
    const way = `${end.owner.name}>${end.other.owner.name}`;
    const clearAt = Math.max(this.timeline.now, this.cloggedUntil.get(way) ?? 0);
    const latencyMs = end.owner.isQuick ? 1 : this.random.skewed(1, this.latencyMs);
    end.arrivesAt = Math.max(end.arrivesAt, clearAt + latencyMs);
    const at = end.arrivesAt;
    this.timeline.after(at - this.timeline.now, () => {
      const other = this.ends.get(link)?.other;
      if (other) other.owner.put({ type: 'peer_frame', link: other.link, frame: JSON.parse(text) });
      this.timeline.after(this.random.between(0, this.slowMs), () => {
        if (this.ends.has(link) && end.arrivesAt === at) end.owner.put({ type: 'peer_drained', link });
      });
    });
  }

  close(link: number): void {
    this.timeline.after(1, () => this.break(link));
  }

  /** Holds all frames in this direction for some time. */
  clog(from: string, to: string, ms: number): void {
    this.cloggedUntil.set(`${from}>${to}`, this.timeline.now + ms);
  }

  breakAllOf(name: string): void {
    for (const end of [...this.ends.values()]) if (end.owner.name === name) this.break(end.link);
  }

  clearUp(): void {
    this.cloggedUntil.clear();
    this.latencyMs = 5;
    this.slowMs = 0;
  }

  private end(owner: SimulatedPeer): End {
    this.links += 1;
    const end = { owner, link: this.links, other: null, arrivesAt: 0 };
    this.ends.set(end.link, end);
    return end;
  }

  private break(link: number): void {
    const end = this.ends.get(link);
    if (!end) return;
    for (const each of [end, end.other]) {
      if (!each) continue;
      this.ends.delete(each.link);
      if (each.owner.isUp) each.owner.put({ type: 'peer_closed', link: each.link, reason: 'broken' });
    }
  }
}
