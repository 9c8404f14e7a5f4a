// The pure core of the name server: passes each input to the registry, the group list or the sessions. No I/O.

import { assertNever, earlier, type Instant, type Machine } from '../protocols/kit/machine.js';
import type { RandomSource, Primitives, SecretKey } from '../protocols/kit/primitives.js';
import { Refusal } from '../protocols/kit/refusals.js';
import { PresenceTracker } from '../protocols/presence/presence-tracker.js';
import { openBudgets } from './budgets.js';
import { GroupList } from './groups/group-list.js';
import { LetterKeys } from './letters/letter-keys.js';
import { Mailboxes } from './letters/mailboxes.js';
import { Registry, type RegistrationRequest } from './registry.js';
import type { Space } from './space/space.js';
import type { RegistryStore } from './store/registry-store.js';
import { Sessions } from './sessions/sessions.js';
import { ServingTime } from './store/serving-time.js';
import type { ServerEffect, ServerInput } from './io.js';

export interface CoreOptions {
  readonly store: RegistryStore;
  readonly primitives: Primitives;
  readonly random: RandomSource;
  readonly serverKey: SecretKey;
  /** True iff this server speaks for the origin. */
  readonly isOwnOrigin: (origin: string) => boolean;
  /** See `RegistryOptions`. */
  readonly inviteKey: Uint8Array | null;
  readonly heldMs: number;
  readonly heldBytes: number;
  /** False: no budgets per network. */
  readonly areNetworksLimited: boolean;
}

/** The driver MUST call `handle` inside a store transaction and perform the effects after the commit. */
export class NameServerCore implements Machine<ServerInput, ServerEffect> {
  readonly presence = new PresenceTracker();
  readonly registry: Registry;
  readonly groups: GroupList;
  private readonly sessions: Sessions;
  private readonly space: Space = { isLow: false };
  private readonly servingTime: ServingTime;

  constructor(options: CoreOptions) {
    const { presence } = this;
    const budgets = openBudgets(options.areNetworksLimited);
    this.servingTime = new ServingTime(options.store);
    const parts = { ...options, presence, budgets, space: this.space, servingTime: this.servingTime };
    this.registry = new Registry(parts);
    this.groups = new GroupList({ ...parts, registry: this.registry });
    this.sessions = new Sessions({ ...parts, mailboxes: new Mailboxes(parts), letterKeys: new LetterKeys(parts) });
  }

  handle(input: ServerInput, now: Instant): ServerEffect[] {
    this.servingTime.advance(now);
    switch (input.type) {
      case 'register':
        return this.register(input, now);
      case 'publish':
        return [{ type: 'publish_result', ref: input.ref, outcome: this.groups.publish(input, now) }];
      case 'opened':
        return this.sessions.open(input.session, input, now);
      case 'frame':
        return this.sessions.receive(input.session, input.frame, now);
      case 'closed':
        return this.sessions.close(input.session, now);
      case 'wake':
        return this.wake(now);
      case 'space':
        this.space.isLow = input.isLow;
        return [];
      default:
        return assertNever(input);
    }
  }

  wakeAt(): Instant | null {
    return earlier(this.registry.wakeAt(), this.sessions.wakeAt());
  }

  private wake(now: Instant): ServerEffect[] {
    const removed = this.registry.wake().map((name): ServerEffect => ({ type: 'user_changed', name }));
    return [...removed, ...this.sessions.wake(now)];
  }

  private register(input: { ref: number } & RegistrationRequest, now: Instant): ServerEffect[] {
    const outcome = this.registry.register(input, now);
    const answer: ServerEffect = { type: 'register_result', ref: input.ref, outcome };
    if (outcome instanceof Refusal || outcome.change === 'same') return [answer];
    const { name } = outcome.record;
    return [answer, { type: 'user_changed', name }, ...this.sessions.recordChanged(outcome.record, now)];
  }
}
