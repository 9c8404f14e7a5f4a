// Heartbeats of the leader (SPEC GROUP-14): the leader signs one several times per silence period, and members pass
// each new one on.

import { LIMITS } from '../../../kit/limits.js';
import type { Instant } from '../../../kit/machine.js';
import type { Signed } from '../../../kit/signed.js';
import { openStatement, peekStatement } from '../../statements.js';
import type { MemberContext } from '../member-context.js';

export class Heartbeat {
  /** The newest heartbeat of the current leader. */
  newest: Signed | null = null;
  private newestAt = 0;
  private sendAt: Instant = 0;

  constructor(private readonly context: MemberContext) {}

  wakeAt(): Instant | null {
    return this.isSender ? this.sendAt : null;
  }

  /** True iff a heartbeat was due and sent. */
  sendIfDue(): boolean {
    const { context } = this;
    if (!this.isSender || context.now < this.sendAt) return false;
    const everyMs = Math.max(1, Math.floor(context.options.silenceMs / LIMITS.groupHeartbeatsPerSilence));
    this.sendAt = context.now + everyMs;
    this.newestAt = Math.max(context.now, this.newestAt + 1);
    this.newest = context.sign('heartbeat', { term: context.log.term, at: this.newestAt });
    context.broadcast({ type: 'statement', statement: 'heartbeat', signed: this.newest });
    return true;
  }

  /** True iff this is a new heartbeat of the current leader. */
  receive(signed: Signed): boolean {
    const { context } = this;
    const claimed = peekStatement('heartbeat', signed);
    if (claimed === null || claimed.at <= this.newestAt || claimed.group !== context.group) return false;
    if (!context.mayLead(claimed)) return false;
    const heartbeat = openStatement('heartbeat', signed, context.dependencies.primitives);
    if (heartbeat === null) return false;
    this.newest = signed;
    this.newestAt = heartbeat.at;
    return true;
  }

  /** A new term begins. */
  reset(): void {
    this.newest = null;
    this.newestAt = 0;
    this.sendAt = this.context.now;
  }

  /** The leader stops when it equivocated or hands over. */
  private get isSender(): boolean {
    const { context } = this;
    return context.isLeader && context.hasLeaderDevice && !context.isFrozen && context.memory.transfer === null;
  }
}
