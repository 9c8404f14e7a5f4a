// Public groups at the name server (SPEC GROUP-36): claims names, and keeps the listing of groups we lead up to date.

import { batchEntries, prefixWithin } from '../../../protocols/groups/log/entry-batches.js';
import type { LogPosition } from '../../../protocols/groups/entry.js';
import type { PublicGroup } from '../../../protocols/groups/log/listing.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { PartAlarms } from '../core/alarms.js';
import type { Context } from '../core/context.js';
import type { Part } from '../core/part.js';
import type { Session } from '../server/session.js';
import type { RunningGroup, RunningGroups } from './running-groups.js';

export class PublicGroups implements Part {
  readonly on = { online: () => this.publishAll() };
  private readonly alarms: PartAlarms;
  /** The head of each group that the name server has, as far as we know. */
  private readonly published = new Map<string, string>();
  private readonly busy = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly parts: { readonly session: Session; readonly running: RunningGroups },
  ) {
    this.alarms = context.alarms.for('public groups');
  }

  /** Claims a name for a group that begins with this entry. */
  claim(name: string, first: Signed, then: (refusal: Refusal | null) => void): void {
    const publication = { from: 0, entries: [first], proofs: [], records: [] };
    this.context.ask({ type: 'publish', name, publication }, (answer) => {
      if (answer.type === 'published') return then(null);
      then(answer.type === 'refused' ? answer.refusal : new Refusal('SERVER_AWAY', this.context.options.server));
    });
  }

  find(name: string, then: (found: Outcome<PublicGroup>) => void): void {
    this.context.ask({ type: 'group', name }, (answer) => {
      if (answer.type === 'group') return then(answer.group);
      then(answer.type === 'refused' ? answer.refusal : new Refusal('SERVER_AWAY', this.context.options.server));
    });
  }

  /** All listed groups; only the pages so far where the name server stops answering. */
  list(
    then: (groups: readonly PublicGroup[]) => void,
    after: string | null = null,
    before: readonly PublicGroup[] = [],
  ): void {
    this.context.ask({ type: 'groups', after }, (answer) => {
      if (answer.type !== 'groups') return then(before);
      const groups = [...before, ...answer.groups];
      const isMore = answer.next !== null && answer.groups.length > 0 && groups.length < LIMITS.whoMax;
      if (isMore) this.list(then, answer.next, groups);
      else then(groups);
    });
  }

  private publishAll(): void {
    for (const running of this.parts.running.all()) this.publish(running);
  }

  /** Sends the name server what it lacks of a public group that we lead. */
  publish(running: RunningGroup): void {
    const { id, name, isPublic, member } = running;
    const head = member.log.position.hash;
    const isDue =
      isPublic && member.isLeader && this.parts.session.isOnline && this.published.get(id) !== this.state(running);
    if (!isDue || this.busy.has(id)) return;
    this.busy.add(id);
    const state = this.state(running);
    this.find(name, (found) => {
      if (!(found instanceof Refusal) && found.group === id && found.head.hash === head)
        return this.done(running, state);
      if (found instanceof Refusal && found.code !== 'GROUP_UNKNOWN') return this.tryLater(running);
      this.send(running, state, found instanceof Refusal ? null : found.head);
    });
  }

  private send(running: RunningGroup, state: string, held: LogPosition | null): void {
    const { name, member } = running;
    const { log } = member;
    const isAhead = held !== null && log.has(held);
    const from = isAhead ? held.index + 1 : held === null ? 0 : Math.min(held.index, log.ratified);
    // Entries, proofs and records of so many bytes each fit the body of one request.
    const bytesMax = 2 * LIMITS.groupBatchBytes;
    const [batch] = batchEntries(log, from, member.proofs, { bytesMax });
    if (!batch) return this.done(running, state);
    const { entries, proofs } = batch;
    const records = prefixWithin(member.records.slice(0, LIMITS.groupMembersMax), bytesMax);
    this.context.ask(
      { type: 'publish', name, publication: { from: batch.from, entries, proofs, records } },
      (answer) => {
        if (answer.type !== 'published') return this.tryLater(running);
        const isWhole = batch.from + entries.length > log.position.index;
        this.done(running, isWhole ? state : '');
      },
    );
  }

  private done(running: RunningGroup, state: string): void {
    this.busy.delete(running.id);
    this.published.set(running.id, state);
    this.publish(running);
  }

  private tryLater(running: RunningGroup): void {
    this.busy.delete(running.id);
    const at = this.context.now + LIMITS.letterRetryMs;
    this.alarms.set(running.id, at, () => this.publish(running));
  }

  private state({ member }: RunningGroup): string {
    return member.log.head.id;
  }
}
