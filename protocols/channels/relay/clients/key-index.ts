// Finds the connections of a key [CHAN-10].

const NO_CONNECTIONS: readonly number[] = [];

export class KeyIndex {
  private readonly connections = new Map<string, readonly number[]>();

  of(key: string): readonly number[] {
    return this.connections.get(key) ?? NO_CONNECTIONS;
  }

  add(key: string, client: number): void {
    this.connections.set(key, [...this.of(key), client]);
  }

  remove(key: string, client: number): void {
    const others = this.of(key).filter((other) => other !== client);
    if (others.length === 0) this.connections.delete(key);
    else this.connections.set(key, others);
  }
}
