// All connections of a run, so that trouble can find one to cut or to clog.

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

  /** Those that are whole; only those between two places, where they are named. */
  intact(between?: readonly [string, string]): SimulatedConnection[] {
    return this.all.filter(
      (connection) => !connection.isBroken && !connection.isClosed() && (!between || connection.connects(...between)),
    );
  }
}
