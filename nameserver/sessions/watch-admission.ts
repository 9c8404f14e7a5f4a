// Bounds what sessions watch: the names in `watch` frames by user and network [LOAD-6], and the names that the sessions
// of one network watch at a time [LOAD-20].

import { LIMITS } from '../../protocols/kit/limits.js';
import type { Instant } from '../../protocols/kit/machine.js';
import { Refusal } from '../../protocols/kit/refusals.js';
import { tooMany, type Budgets } from '../budgets.js';
import type { OpenSession } from './session-states.js';

export interface WatchAdmissionOptions {
  readonly budgets: Pick<Budgets, 'watchesOfName' | 'watchesOfNetwork'>;
  /** False: no limit of watched names per network. */
  readonly areNetworksLimited: boolean;
}

export class WatchAdmission {
  /** The names that the sessions of each network may watch by now. */
  private readonly watched = new Map<string, number>();

  constructor(private readonly options: WatchAdmissionOptions) {}

  /** Charges a session for names. Null, or why the session must end. */
  refusalFor(session: OpenSession, count: number, now: Instant): Refusal | null {
    const { watchesOfName, watchesOfNetwork } = this.options.budgets;
    const { name } = session.mailbox;
    const waitMs = watchesOfName.waitMs(name, now, count) || watchesOfNetwork.spend(session.network, now, count);
    if (waitMs > 0) return tooMany(waitMs);
    watchesOfName.spend(name, now, count);
    return this.hasRoom(session, count) ? null : new Refusal('SERVER_BUSY');
  }

  /** The session has ended. */
  release({ network, watched }: OpenSession): void {
    const left = (this.watched.get(network) ?? 0) - watched.count;
    if (left > 0) this.watched.set(network, left);
    else this.watched.delete(network);
  }

  /** A name that is watched again counts again, up to what one session can watch. */
  private hasRoom({ network, watched }: OpenSession, count: number): boolean {
    const more = Math.min(count, LIMITS.watchedNamesPerSession - watched.count);
    const ofNetwork = (this.watched.get(network) ?? 0) + more;
    if (this.options.areNetworksLimited && ofNetwork > LIMITS.watchedNamesPerNetwork) return false;
    watched.count += more;
    this.watched.set(network, ofNetwork);
    return true;
  }
}
