// All connections of a run, so that the fault injector can choose one to break or stall.

import { SimulatedConnection, type ConnectionEnd } from './simulated-connection.js';
import type { NetworkModel } from './network-model.js';

export class ConnectionRegistry {
  private all: SimulatedConnection[] = [];

  constructor(private readonly model: NetworkModel) {}

  connect(first: ConnectionEnd, second: ConnectionEnd): SimulatedConnection {
    const connection = new SimulatedConnection(this.model, first, second);
    this.all = this.all.filter((each) => !each.isClosed());
    this.all.push(connection);
    return connection;
  }

  /** Connections that are not broken or closed; only those between two nodes if given. */
  intact(between?: readonly [string, string]): SimulatedConnection[] {
    return this.all.filter(
      (connection) => !connection.isBroken && !connection.isClosed() && (!between || connection.connects(...between)),
    );
  }
}
