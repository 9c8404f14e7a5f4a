// One row of entries, each judged when it was put on top (SPEC GROUP-1 to GROUP-8), and questions about it.

import { LIMITS } from '../../kit/limits.js';
import { assert } from '../../kit/machine.js';
import type { Signed } from '../../kit/signed.js';
import type { Place } from '../entry.js';
import { openStatement } from '../statements.js';
import type { Roster, Tools } from './roster.js';
import { firstStep, nextStep, placeOf, type Below, type Members, type Step } from './step.js';

export class Chain implements Below {
  /** True while entries are put back that were judged before. */
  isTrusted = false;
  /** The last entry known to be ratified (SPEC GROUP-6). Only `Ratification` raises it. */
  ratified = 0;

  private constructor(
    readonly roster: Roster,
    readonly tools: Tools,
    private readonly steps: Step[],
  ) {}

  /** The row that begins with this entry, or null where nothing can begin so. */
  static begin(signed: Signed, roster: Roster, tools: Tools): Chain | null {
    const step = firstStep(signed, roster, tools);
    return step && new Chain(roster, tools, [step]);
  }

  /** The same row up to an index, to grow another way. */
  upTo(index: number): Chain {
    const chain = new Chain(this.roster, this.tools, this.steps.slice(0, index + 1));
    chain.ratified = Math.min(this.ratified, index);
    return chain;
  }

  /** Puts an entry on top; in a few words why not, or null where it stands. */
  push(signed: Signed): string | null {
    if (this.head.entry.index - this.ratified >= LIMITS.groupUnratifiedMax && !this.isTrusted)
      return 'too much pending';
    const step = nextStep(signed, this);
    if (typeof step === 'string') return step;
    this.steps.push(step);
    return null;
  }

  get group(): string {
    return this.first.id;
  }

  get first(): Step {
    const step = this.steps[0];
    assert(step !== undefined, 'a row has a beginning');
    return step;
  }

  get head(): Step {
    const step = this.steps.at(-1);
    assert(step !== undefined, 'a row has a head');
    return step;
  }

  get place(): Place {
    return placeOf(this.head);
  }

  get term(): number {
    return this.head.entry.term;
  }

  get members(): Members {
    return this.head.members;
  }

  at(index: number): Step | null {
    return this.steps[index] ?? null;
  }

  /** True iff this very entry stands in the row. */
  has({ index, hash }: Pick<Place, 'index' | 'hash'>): boolean {
    return this.steps[index]?.id === hash;
  }

  /** The entries from an index on, at most so many. */
  from(index: number, limit: number): Signed[] {
    return this.steps.slice(index, index + limit).map(({ signed }) => signed);
  }

  stepsFrom(index: number): readonly Step[] {
    return this.steps.slice(index);
  }

  /** SPEC GROUP-2. A consent names an entry of this very row; who went after that entry has to be asked again. */
  faultOfConsent(user: string, consent: Signed, devices: readonly { readonly device: string }[]): string | null {
    const said = openStatement('consent', consent, this.tools.primitives);
    if (said === null || said.by !== user || said.group !== this.group) return 'without consent';
    if (!devices.some(({ device }) => device === said.device)) return 'consent by a foreign device';
    if (!this.has(said.head)) return 'consent to another row';
    return this.wasGoneAfter(user, said.head.index) ? 'consent is void' : null;
  }

  /** Would a row that shares only what is up to `fork` replace something ratified (SPEC GROUP-10)? */
  isSettledAfter(fork: number): boolean {
    return fork < this.ratified;
  }

  private wasGoneAfter(user: string, index: number): boolean {
    return this.steps.slice(index + 1).some(({ entry: { op } }) => {
      return (op.do === 'remove' || op.do === 'leave') && op.user === user;
    });
  }

  /** Everybody of every configuration that is pending. */
  get electorate(): string[] {
    return [...new Set(this.steps.slice(this.ratified).flatMap(({ members }) => [...members.keys()]))];
  }

  isQuorum(users: ReadonlySet<string>): boolean {
    return this.isMajority((user) => users.has(user), this.ratified, this.head.entry.index);
  }

  /** Is it a strict majority in every configuration from `low` up to `high`? */
  isMajority(counts: (user: string, key: string) => boolean, low: number, high: number): boolean {
    let last: Members | null = null;
    for (let index = low; index <= high; index += 1) {
      const members = this.steps[index]?.members ?? null;
      if (members === null) return false;
      if (members === last) continue;
      last = members;
      let yes = 0;
      for (const { user, key } of members.values()) if (counts(user, key)) yes += 1;
      if (yes * 2 <= members.size) return false;
    }
    return true;
  }

  /** The last entry of this term or an earlier one, no later than `index` (SPEC GROUP-25). */
  lastOfTerm(term: number, index: number): number {
    let at = Math.min(index, this.steps.length - 1);
    while (at > 0 && (this.steps[at]?.entry.term ?? 0) > term) at -= 1;
    return at;
  }

  /** Who led in a term, null where this row has none. */
  leaderOf(term: number): string | null {
    for (let at = this.steps.length - 1; at >= 0; at -= 1) {
      const step = this.steps[at];
      if (step && step.entry.term === term) return step.leader;
      if (step && step.entry.term < term) return null;
    }
    return null;
  }
}
