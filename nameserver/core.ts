// The name server's decisions, whole and pure: joins registry and switchboard and does nothing else.

import { never, type Instant, type Machine } from '../protocols/kit/machine.js';
import type { Dice, Primitives } from '../protocols/kit/primitives.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { Presence } from '../protocols/presence/presence.js';
import { GroupList } from './groups/group-list.js';
import { PostOffice } from './letters/post-office.js';
import { Registry, type Registration } from './registry.js';
import type { RegistryStore } from './store/registry-store.js';
import { Switchboard } from './switchboard.js';
import type { ServerEffect, ServerInput } from './world.js';

export interface CoreOptions {
  readonly store: RegistryStore;
  readonly primitives: Primitives;
  readonly dice: Dice;
  /** Our public key. */
  readonly serverKey: string;
  readonly inviteCode: string | null;
  readonly heldMs: number;
  readonly heldBytes: number;
}

/**
 * Whoever drives it holds a transaction of the store open around `handle`, and performs the effects after its commit.
 */
export class NameServerCore implements Machine<ServerInput, ServerEffect> {
  readonly presence = new Presence();
  readonly registry: Registry;
  readonly groups: GroupList;
  private readonly switchboard: Switchboard;

  constructor(options: CoreOptions) {
    const { presence } = this;
    this.registry = new Registry({ ...options, presence });
    this.groups = new GroupList({ ...options, registry: this.registry });
    this.switchboard = new Switchboard({ ...options, presence, postOffice: new PostOffice(options) });
  }

  handle(input: ServerInput, now: Instant): ServerEffect[] {
    switch (input.kind) {
      case 'register':
        return this.register(input, now);
      case 'publish':
        return [{ kind: 'published', ref: input.ref, outcome: this.groups.publish(input, now) }];
      case 'opened':
        return this.switchboard.open(input.session, input.address, now);
      case 'frame':
        return this.switchboard.hear(input.session, input.frame, now);
      case 'closed':
        return this.switchboard.close(input.session, now);
      case 'wake':
        return this.switchboard.wake(now);
      default:
        return never(input);
    }
  }

  wakeAt(): Instant | null {
    return this.switchboard.wakeAt();
  }

  private register(input: { ref: number } & Registration, now: Instant): ServerEffect[] {
    const outcome = this.registry.register(input, now);
    const answer: ServerEffect = { kind: 'answer', ref: input.ref, outcome };
    if (outcome instanceof Refusal || outcome.change === 'same') return [answer];
    const { name } = outcome.record;
    return [answer, { kind: 'changed', name }, ...this.switchboard.recordChanged(outcome.record, now)];
  }
}
