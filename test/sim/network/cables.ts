// All connections of a run, so that trouble can find one to cut or to clog.

import { Cable, type CableEnd } from './cable.js';
import type { Ground } from './ground.js';

export class Cables {
  private laid: Cable[] = [];

  constructor(private readonly ground: Ground) {}

  lay(first: CableEnd, second: CableEnd): Cable {
    const cable = new Cable(this.ground, first, second);
    this.laid = this.laid.filter((each) => !each.isOver());
    this.laid.push(cable);
    return cable;
  }

  /** Those that are whole; only those between two places, where they are named. */
  whole(between?: readonly [string, string]): Cable[] {
    return this.laid.filter((cable) => !cable.isBroken && !cable.isOver() && (!between || cable.connects(...between)));
  }
}
