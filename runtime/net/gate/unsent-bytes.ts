// Bounds the bytes that wait for clients which do not read, for each network and in all. The queue of one client has a
// bound of its own; this is the bound of what many of them hold together.
//
// Written bytes are counted, and bytes that have left are not. When the count passes a bound, the queues are measured,
// and those that hold most are cut until they hold half of the bound. So the next measurement is half a bound away.

/** `unsentBytes`: read now. `cut`: destroys the connection; `left` follows. */
export interface CountedConnection {
  readonly network: string;
  readonly unsentBytes: number;
  readonly cut: () => void;
}

export interface UnsentBytesLimits {
  /** `Infinity` for no limit. */
  readonly perNetworkMax: number;
  readonly inAllMax: number;
}

interface Share {
  readonly connections: Set<CountedConnection>;
  /** At least what these connections hold. */
  countedBytes: number;
}

export class UnsentBytes {
  private readonly shares = new Map<string, Share>();
  private countedBytes = 0;

  constructor(private readonly limits: UnsentBytesLimits) {}

  entered(connection: CountedConnection): void {
    const share = this.shares.get(connection.network) ?? { connections: new Set(), countedBytes: 0 };
    share.connections.add(connection);
    this.shares.set(connection.network, share);
  }

  left(connection: CountedConnection): void {
    const share = this.shares.get(connection.network);
    if (!share?.connections.delete(connection) || share.connections.size > 0) return;
    this.countedBytes -= share.countedBytes;
    this.shares.delete(connection.network);
  }

  /** Bytes were written to a connection. It, or others, may be cut. */
  wrote({ network }: CountedConnection, bytes: number): void {
    const share = this.shares.get(network);
    if (share === undefined) return;
    share.countedBytes += bytes;
    this.countedBytes += bytes;
    const { perNetworkMax, inAllMax } = this.limits;
    if (share.countedBytes > perNetworkMax && this.measure(share) > perNetworkMax / 2)
      this.cutLargest(share, share.countedBytes - perNetworkMax / 2);
    if (this.countedBytes > inAllMax) this.relieve(inAllMax / 2);
  }

  /** Cuts connections of the networks that hold most, until all together hold no more than `bytesMax`. */
  private relieve(bytesMax: number): void {
    for (const share of this.shares.values()) this.measure(share);
    const largestFirst = [...this.shares.values()].sort((a, b) => b.countedBytes - a.countedBytes);
    for (const share of largestFirst) {
      if (this.countedBytes <= bytesMax) return;
      this.cutLargest(share, this.countedBytes - bytesMax);
    }
  }

  private measure(share: Share): number {
    const unsent = [...share.connections].reduce((sum, { unsentBytes }) => sum + unsentBytes, 0);
    this.countedBytes += unsent - share.countedBytes;
    share.countedBytes = unsent;
    return unsent;
  }

  private cutLargest(share: Share, bytes: number): void {
    const measured = [...share.connections].map((connection) => ({ connection, held: connection.unsentBytes }));
    let left = bytes;
    for (const { connection, held } of measured.sort((a, b) => b.held - a.held)) {
      if (left <= 0 || held === 0) return;
      share.countedBytes -= held;
      this.countedBytes -= held;
      left -= held;
      this.left(connection);
      connection.cut();
    }
  }
}
