// One user of a simulated group: the machine, the disk that survives, and the computer that may crash between any two
// effects.

import type { GroupWord } from '../../../protocols/groups/frames.js';
import type { GroupAct, GroupEffect, GroupInput } from '../../../protocols/groups/member/desk.js';
import { GroupMember } from '../../../protocols/groups/member/group-member.js';
import type { Tools } from '../../../protocols/groups/log/roster.js';
import type { SecretKey } from '../../../protocols/kit/primitives.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import { signObject } from '../../../protocols/kit/signed.js';
import { MemoryGroupStore } from '../../../client/store/memory/memory-group-store.js';
import { MemoryMessages } from '../../../client/store/memory/memory-messages.js';
import { UndoLog } from '../../../client/store/memory/undo-log.js';
import { fakeKey, fakePrimitives } from '../kernel/fake-primitives.js';

export const SILENCE_MS = 3_000;

/** What the world does for a resident. */
export interface Town {
  readonly tools: Tools;
  now(): number;
  /** A crash may come before the commit, or between two effects: true now and then. */
  crashesNow(who: Resident): boolean;
  carry(from: Resident, effect: Extract<GroupEffect, { kind: 'send' }>): void;
  leave(from: Resident, to: string, words: GroupWord[]): void;
  happened(who: Resident, input: GroupInput, effects: readonly GroupEffect[]): void;
  crashed(who: Resident): void;
}

export class Resident {
  readonly identity: SecretKey;
  readonly device: SecretKey;
  readonly record: Signed;
  readonly undo = new UndoLog();
  readonly shelf: MemoryGroupStore;
  readonly links = new Set<string>();
  member: GroupMember | null = null;
  isUp = true;
  lastRef = 0;
  /** Consents that wait for this user's decision as a leader. */
  wishes: { user: string; record: Signed; consent: Signed }[] = [];

  constructor(
    readonly user: string,
    readonly group: string,
    private readonly town: Town,
  ) {
    this.identity = fakeKey(`identity of ${user}`);
    this.device = fakeKey(`device of ${user}`);
    const devices = [{ device: this.device.publicKey, exchange: this.device.publicKey, since: 0 }];
    const record = { name: user, version: 1, key: this.identity.publicKey, devices, previous: null, at: 0 };
    this.record = signObject('record', record, this.identity, fakePrimitives);
    this.shelf = new MemoryGroupStore(this.undo, new MemoryMessages(this.undo), group);
  }

  /** Starts, or starts again from what is on disk. */
  start(): void {
    this.isUp = true;
    if (this.shelf.entries().length === 0) return;
    const { user, device, shelf } = this;
    const options = { silenceMs: SILENCE_MS };
    const surroundings = { self: { user, device }, shelf, tools: this.town.tools, options };
    this.member = new GroupMember({ ...surroundings, now: this.town.now() });
  }

  /** The first entry of the group has come. */
  begin(first: Signed): void {
    this.shelf.putEntry(0, first);
    this.start();
  }

  crash(): void {
    this.isUp = false;
    this.member = null;
    this.town.crashed(this);
  }

  act(act: GroupAct): void {
    this.lastRef += 1;
    this.put({ kind: 'act', ref: this.lastRef, act });
    this.put({ kind: 'turn_over' });
  }

  hear(from: string, words: readonly GroupWord[]): void {
    for (const word of words) {
      if (this.member === null && word.says === 'entries' && word.from === 0 && word.entries[0])
        this.begin(word.entries[0]);
      this.put({ kind: 'word', from, word });
    }
    this.put({ kind: 'turn_over' });
  }

  wake(): void {
    const at = this.member?.wakeAt() ?? null;
    if (!this.isUp || at === null || at > this.town.now()) return;
    this.put({ kind: 'wake' });
    this.put({ kind: 'turn_over' });
  }

  put(input: GroupInput): void {
    if (!this.isUp || this.member === null) return;
    this.undo.begin();
    const effects = this.member.handle(input, this.town.now());
    if (this.town.crashesNow(this)) {
      this.undo.rollback();
      return this.crash();
    }
    this.undo.commit();
    this.town.happened(this, input, effects);
    // Letters are on disk with the turn that wrote them.
    const [letters, others] = [true, false].map((isLetter) =>
      effects.filter(
        (effect) => isLetter === (effect.kind === 'send' && effect.isLasting && !this.links.has(effect.to)),
      ),
    );
    for (const effect of letters ?? []) if (effect.kind === 'send') this.town.leave(this, effect.to, [effect.word]);
    for (const effect of others ?? []) {
      if (this.town.crashesNow(this)) return this.crash();
      if (effect.kind === 'send') this.town.carry(this, effect);
    }
  }

  /** Leaves what waits for those who cannot be reached. */
  leaveParcels(): void {
    const { member } = this;
    if (!this.isUp || member === null || member.me === null) return;
    for (const { user } of member.peers) {
      const parcel = this.links.has(user) ? null : member.parcelFor(user);
      if (parcel === null) continue;
      this.town.leave(this, user, parcel.words);
      this.put({ kind: 'held', user, upTo: parcel.upTo });
    }
  }
}
