// The process of one simulated group member: the machine, a store that survives crashes, and crashes between any two
// effects.

import type { GroupFrameBody } from '../../../protocols/groups/frames.js';
import type { MemberCommand, GroupEffect, GroupInput } from '../../../protocols/groups/member/member-io.js';
import type { AuthorBudget } from '../../../protocols/groups/member/messages/author-budget.js';
import { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { LogDependencies } from '../../../protocols/groups/log/device-roster.js';
import type { SecretKey } from '../../../protocols/kit/primitives.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { signRecord } from '../../../protocols/directory/record-signing.js';
import { MemoryGroupStore } from '../../client/store/memory/memory-group-store.js';
import { MemoryMessages } from '../../client/store/memory/memory-messages.js';
import { UndoLog } from '../../../protocols/kit/undo/undo-log.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';

export const SILENCE_MS = 3_000;

/** What a process needs from the simulation. */
export interface ProcessHost {
  readonly dependencies: LogDependencies;
  now(): number;
  /** Asked before the commit and before each effect. */
  shouldCrash(process: MemberProcess): boolean;
  transmit(from: MemberProcess, effect: Extract<GroupEffect, { type: 'send' }>): void;
  postLetter(from: MemberProcess, to: string, bodies: GroupFrameBody[]): void;
  handled(process: MemberProcess, input: GroupInput, effects: readonly GroupEffect[]): void;
  crashed(process: MemberProcess): void;
  /** The identity key that a member has pinned for a user; without it every member knows the true keys. */
  pinnedKey?(member: string, user: string): string | null;
  /** What authors may make a member store; without it they are not bounded. */
  budgetOf?(member: string): AuthorBudget | undefined;
}

/** The identity key of a simulated user. */
export function identityOf(user: string): string {
  return fakeKey(`identity of ${user}`).publicKey;
}

export class MemberProcess {
  readonly identity: SecretKey;
  device: SecretKey;
  record: Signed;
  /** The devices before the present one. */
  readonly replaced: SecretKey[] = [];
  readonly undo = new UndoLog();
  readonly store: MemoryGroupStore;
  readonly links = new Set<string>();
  member: GroupMember | null = null;
  isUp = true;
  lastRef = 0;
  /** Consents that this user may accept while it leads. */
  joinRequests: { user: string; record: Signed; consent: Signed }[] = [];

  constructor(
    readonly user: string,
    readonly group: string,
    private readonly host: ProcessHost,
  ) {
    this.identity = fakeKey(`identity of ${user}`);
    this.device = fakeKey(`device of ${user}`);
    this.record = this.signRecord();
    this.store = new MemoryGroupStore(this.undo, new MemoryMessages(this.undo), group);
  }

  /** New device keys, on the same store. The host cuts the links first. */
  renew(): void {
    this.replaced.push(this.device);
    this.device = fakeKey(`device ${this.replaced.length + 1} of ${this.user}`);
    this.record = this.signRecord();
    this.member = null;
    this.start();
  }

  private signRecord(): Signed {
    const { user: name, identity, device } = this;
    const devices = [{ device, exchange: device.publicKey, since: 0 }];
    const content = { name, version: this.replaced.length + 1, identity, devices, previous: null, at: 0 };
    return signRecord(content, fakePrimitives);
  }

  /** Starts the machine from the store. */
  start(): void {
    this.isUp = true;
    if (this.store.entries().length === 0) return;
    const { user, device, record, store, host } = this;
    const options = { silenceMs: SILENCE_MS };
    const self = { user, key: this.identity.publicKey, device, record };
    const pinnedKey = (other: string): string | null => {
      return host.pinnedKey ? host.pinnedKey(user, other) : identityOf(other);
    };
    const budget = host.budgetOf?.(user);
    const fixed = { self, pinnedKey, store, dependencies: host.dependencies, options };
    const setup = budget === undefined ? fixed : { ...fixed, budget };
    this.member = new GroupMember({ ...setup, now: this.host.now() });
  }

  /** Stores entry 0 and starts. */
  begin(first: Signed): void {
    this.store.putEntry(0, first);
    this.start();
  }

  crash(): void {
    this.isUp = false;
    this.member = null;
    this.host.crashed(this);
  }

  execute(command: MemberCommand): void {
    this.lastRef += 1;
    this.put({ type: 'command', ref: this.lastRef, command });
    this.put({ type: 'flush' });
  }

  /** `key`: the identity key that the link or letter proves. */
  receive(from: string, bodies: readonly GroupFrameBody[], key = identityOf(from)): void {
    for (const body of bodies) {
      if (this.member === null && body.type === 'entries' && body.from === 0 && body.entries[0])
        this.begin(body.entries[0]);
      this.put({ type: 'frame', from, key, body });
    }
    this.put({ type: 'flush' });
  }

  wake(): void {
    const at = this.member?.wakeAt() ?? null;
    if (!this.isUp || at === null || at > this.host.now()) return;
    this.put({ type: 'wake' });
    this.put({ type: 'flush' });
  }

  put(input: GroupInput): void {
    if (!this.isUp || this.member === null) return;
    this.undo.begin();
    const effects = this.member.handle(input, this.host.now());
    if (this.host.shouldCrash(this)) {
      this.undo.rollback();
      return this.crash();
    }
    this.undo.commit();
    this.host.handled(this, input, effects);
    // Letters are part of the commit, so no crash can lose them. Frames can be lost.
    const [letters, others] = [true, false].map((isLetter) =>
      effects.filter(
        (effect) => isLetter === (effect.type === 'send' && effect.isDurable && !this.links.has(effect.to)),
      ),
    );
    for (const effect of letters ?? [])
      if (effect.type === 'send') this.host.postLetter(this, effect.to, [effect.body]);
    for (const effect of others ?? []) {
      if (this.host.shouldCrash(this)) return this.crash();
      if (effect.type === 'send') this.host.transmit(this, effect);
    }
  }

  /** Posts a bundle to each peer without a link. */
  postBundles(): void {
    const { member } = this;
    if (!this.isUp || member === null || member.me === null) return;
    for (const { user } of member.peers) {
      const bundle = this.links.has(user) ? null : member.bundleFor(user);
      if (bundle === null) continue;
      this.host.postLetter(this, user, bundle.bodies);
      this.put({ type: 'held', user, upTo: bundle.upTo });
    }
  }
}
