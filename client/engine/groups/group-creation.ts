// The command `create_group`: writes the first entry of a group, and claims the name of a public one.

import { randomId } from '../../../protocols/kit/random-id.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal } from '../../../protocols/kit/refusals.js';
import { objectId, signObject, type Signed } from '../../../protocols/kit/signed.js';
import type { GroupPolicy, LogEntry } from '../../../protocols/groups/entry.js';
import type { Context } from '../core/context.js';
import type { CommandOf, Part } from '../core/part.js';
import { SETTINGS } from '../core/settings.js';
import type { OwnRecord } from '../identity/own-record.js';
import type { Groups } from './groups.js';
import type { PublicGroups } from './public-groups.js';
import type { RunningGroups } from './running-groups.js';

type CreateGroup = CommandOf<'create_group'>;

interface Dependencies {
  readonly record: OwnRecord;
  readonly running: RunningGroups;
  readonly groups: Groups;
  readonly publicGroups: PublicGroups;
}

export class GroupCreation implements Part {
  readonly commands = { create_group: (ref: number, command: CreateGroup) => this.create(ref, command) };

  constructor(
    private readonly context: Context,
    private readonly parts: Dependencies,
  ) {}

  /** A public group is created once its name is ours. Its draft survives a crash before that. */
  private create(ref: number, command: CreateGroup): void {
    const { group: name, isPublic } = command;
    const refusal = this.whyNotNew(name, isPublic);
    if (refusal) return this.context.refuse(ref, refusal);
    const draft = SETTINGS.groupDraft(name);
    const kept = isPublic ? this.context.store.setting(draft) : null;
    const first = kept ? (JSON.parse(kept) as Signed) : this.write(command);
    if (!isPublic) return this.finish(ref, command, first);
    this.context.store.putSetting(draft, JSON.stringify(first));
    this.parts.publicGroups.claim(name, first, (no) => {
      // Without an answer the name may be ours all the same: then the draft is needed again.
      if (no?.code !== 'SERVER_AWAY') this.context.store.putSetting(draft, '');
      if (no) return this.context.refuse(ref, no);
      this.finish(ref, command, first);
    });
  }

  private finish(ref: number, { group, isPublic }: CreateGroup, first: Signed): void {
    const { running, groups } = this.parts;
    const refusal = this.whyNotNew(group, isPublic);
    if (refusal) return this.context.refuse(ref, refusal);
    const old = running.named(group);
    groups.create(objectId('group', first.payload, this.context.primitives), first);
    if (old?.member.mayRefound) groups.command(old, { type: 'leave', byVote: false }, () => undefined);
    this.context.succeed(ref, 'create_group', { group, public: isPublic });
  }

  /** A group that lost its leader and has no majority to vote is founded again: the new group cites the old one. */
  private write({ group: name, isPublic, history }: CreateGroup): Signed {
    const { me, now, random, primitives } = this.context;
    // Newcomers may see the past of a public group; messages of a private group were meant for its members then.
    const policy: GroupPolicy = { deputies: [], history: history ?? (isPublic ? 'all' : 'none'), join: 'ask' };
    const nonce = randomId(random);
    const record = this.parts.record.signed;
    const old = this.parts.running.named(name);
    const cites = old?.member.mayRefound ? { group: old.id, head: old.member.log.head.id } : null;
    const op = { do: 'create' as const, name, public: isPublic, nonce, record, policy, cites };
    const position = { group: null, index: 0, previous: null, term: 0 };
    const entry: LogEntry = { ...position, op, at: now, by: me.name, device: me.device.publicKey };
    return signObject('group', entry, me.device, primitives);
  }

  private whyNotNew(name: string, isPublic: boolean): Refusal | null {
    const known = this.parts.running.named(name);
    const isRefounded = known?.member.mayRefound === true && !isPublic;
    if (known && known.member.me !== null && !isRefounded) return new Refusal('GROUP_TAKEN', name);
    const ours = this.parts.running.all().filter(({ member }) => member.me !== null);
    const others = isRefounded ? ours.filter(({ id }) => id !== known.id) : ours;
    return others.length >= LIMITS.groupsMax ? new Refusal('LIST_FULL', 'groups') : null;
  }
}
