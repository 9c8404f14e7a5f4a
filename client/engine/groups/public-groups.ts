// Public groups and the name server (SPEC GROUP-36): names are claimed there, the leader keeps the listing up to date.

import { batchEntries, prefixWithin } from '../../../protocols/groups/log/entry-batches.js';
import type { LogPosition } from '../../../protocols/groups/entry.js';
import { LIMITS } from '../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../protocols/kit/refusals.js';
import type { Signed } from '../../../protocols/kit/signed.js';
import type { Context } from '../core/context.js';
import type { ListedGroup } from '../core/io.js';
import type { Session } from '../server/session.js';
import type { Groups, RunningGroup } from './groups.js';

export class PublicGroups {
  /** What the name server has of my groups, as far as I know. */
  private readonly published = new Map<string, string>();
  private readonly busy = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly parts: { readonly session: Session; readonly groups: Groups },
  ) {}

  /** Claims a name for a group that begins with this entry. */
  claim(name: string, first: Signed, then: (refusal: Refusal | null) => void): void {
    const publication = { from: 0, entries: [first], proofs: [], records: [] };
    this.context.ask({ type: 'publish', name, publication }, (answer) => {
      if (answer.type === 'published') return then(null);
      then(answer.type === 'refused' ? answer.refusal : new Refusal('SERVER_AWAY', this.context.options.server));
    });
  }

  find(name: string, then: (found: Outcome<ListedGroup>) => void): void {
    this.context.ask({ type: 'group', name }, (answer) => {
      if (answer.type === 'group') return then(answer.group);
      then(answer.type === 'refused' ? answer.refusal : new Refusal('SERVER_AWAY', this.context.options.server));
    });
  }

  /** Everything listed; what is known so far where the name server is away. */
  list(
    then: (groups: readonly ListedGroup[]) => void,
    after: string | null = null,
    before: readonly ListedGroup[] = [],
  ): void {
    this.context.ask({ type: 'groups', after }, (answer) => {
      if (answer.type !== 'groups') return then(before);
      const groups = [...before, ...answer.groups];
      const isMore = answer.next !== null && answer.groups.length > 0 && groups.length < LIMITS.whoMax;
      if (isMore) this.list(then, answer.next, groups);
      else then(groups);
    });
  }

  online(): void {
    for (const running of this.parts.groups.all()) this.publish(running);
  }

  /** Tells the name server what it does not have yet, if that is mine to tell. */
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
    // Three parts of so much each fit the body of a request.
    const bytesMax = 2 * LIMITS.groupBatchBytes;
    const [word] = batchEntries(log, from, member.proofs, { bytesMax });
    if (!word) return this.done(running, state);
    const { entries, proofs } = word;
    const records = prefixWithin(member.records.slice(0, LIMITS.groupMembersMax), bytesMax);
    this.context.ask(
      { type: 'publish', name, publication: { from: word.from, entries, proofs, records } },
      (answer) => {
        if (answer.type !== 'published') return this.tryLater(running);
        const isWhole = word.from + entries.length > log.position.index;
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
    this.context.alarms.set(`publish ${running.id}`, at, () => this.publish(running));
  }

  private state({ member }: RunningGroup): string {
    return member.log.head.id;
  }
}
