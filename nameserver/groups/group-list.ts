// The public groups: accepts the log entries that leaders publish, and answers look-ups (protocols/groups).

import { readRecord } from '../../protocols/directory/record-verification.js';
import { publicationShape, type Publication, type RatificationProof } from '../../protocols/groups/frames.js';
import {
  founderOf,
  judgePublication,
  type ListedGroup,
  type Listing,
  type AcceptedPublication,
} from '../../protocols/groups/log/listing.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { assert, type Instant } from '../../protocols/kit/machine.js';
import { canonicalName } from '../../protocols/kit/names.js';
import type { Primitives } from '../../protocols/kit/primitives.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import type { Signed } from '../../protocols/kit/signed.js';
import { tooMany, type Budgets } from '../budgets.js';
import type { Space } from '../space/space.js';
import type { Registry } from '../registry.js';
import type { RegistryStore, StoredGroup } from '../store/registry-store.js';

/** A request to list a group, or to add entries to a listed one. Nothing in it is verified. */
export interface PublicationRequest {
  readonly name: string;
  readonly publication: unknown;
  /** The network of the client, for its budget. */
  readonly network: string;
}

/** What the store keeps beside the entries. */
interface State {
  readonly listing: Listing;
  readonly ratified: number;
  readonly proofs: readonly RatificationProof[];
  readonly records: readonly Signed[];
}

export interface GroupListOptions {
  readonly store: RegistryStore;
  readonly primitives: Primitives;
  readonly registry: Registry;
  readonly budgets: Pick<Budgets, 'newNames' | 'entriesVerified'>;
  readonly space: Space;
}

export class GroupList {
  constructor(private readonly options: GroupListOptions) {}

  publish({ name: typed, publication, network }: PublicationRequest, now: Instant): Outcome<Listing> {
    const name = canonicalName(typed);
    if (name === null) return new Refusal('NAME_INVALID', typed.slice(0, 40));
    if (!publicationShape.accepts(publication))
      return new Refusal('MALFORMED', 'a publication is {from, entries, proofs, records}');
    const { store, primitives, space } = this.options;
    if (space.isLow) return new Refusal('SERVER_FULL', 'groups');
    const stored = this.inForce(name, now);
    const listed = stored && this.listed(name, stored);
    const dependencies = { primitives, readRecord: (signed: Signed) => readRecord(signed, primitives) };
    // The cheap checks come first: a log from a stranger can hold hundreds of signatures.
    if (stored === null && publication.from !== 0) return new Refusal('GROUP_STALE', name);
    const refusal = stored === null ? this.newGroupRefusal(founderOf(publication, dependencies), name) : null;
    if (refusal !== null) return refusal;
    const waitMs = this.spend(publication, stored === null, network, now);
    if (waitMs > 0) return tooMany(waitMs);
    const published = judgePublication(name, listed, publication, dependencies);
    if (published instanceof Refusal) return published;
    this.keep(published, store.group(name), now);
    return published.listing;
  }

  group(typed: string): Outcome<Listing> {
    const name = canonicalName(typed);
    const stored = name === null ? null : this.options.store.group(name);
    return stored === null ? new Refusal('GROUP_UNKNOWN', typed.slice(0, 64)) : stateOf(stored).listing;
  }

  /** At most `limit` groups after the name `after`, ordered by name. */
  page(after: string | null, limit: number): Listing[] {
    return this.options.store.groupsAfter(after ?? '', limit).map((stored) => stateOf(stored).listing);
  }

  /** The group that holds the name. A group without a publication for a year loses it. */
  private inForce(name: string, now: Instant): StoredGroup | null {
    const stored = this.options.store.group(name);
    return stored !== null && now - stored.storedAt < LIMITS.groupNameReservedMs ? stored : null;
  }

  private listed(name: string, stored: StoredGroup): ListedGroup {
    const { ratified, proofs, records } = stateOf(stored);
    return { entries: this.options.store.groupEntries(name), ratified, proofs, records };
  }

  /** A founder must be registered here and must not exceed the limit of listed groups. */
  private newGroupRefusal(founder: AcceptedPublication['founder'] | null, group: string): Refusal | null {
    if (founder === null) return new Refusal('SIGNATURE_INVALID', group);
    const user = this.options.registry.user(founder.name);
    if (user instanceof Refusal || user.key !== founder.key) return new Refusal('SIGNATURE_INVALID', group);
    const founded = this.options.store.groupsFoundedBy(founder.name);
    return founded >= LIMITS.groupsListedPerFounder ? new Refusal('LIST_FULL', 'groups that you founded') : null;
  }

  /** Charges the budgets before signatures are verified [LOAD-7]. Returns the wait in ms, or 0. */
  private spend({ entries, proofs, records }: Publication, isNew: boolean, network: string, now: Instant): number {
    const { entriesVerified, newNames } = this.options.budgets;
    const statements = proofs.reduce((sum, { adopted }) => sum + adopted.length, 0);
    const waitMs = entriesVerified.spend(network, now, entries.length + records.length + statements);
    return waitMs > 0 || !isNew ? waitMs : newNames.spend(network, now);
  }

  private keep(
    { group: held, fork, listing, founder }: AcceptedPublication,
    before: StoredGroup | null,
    now: Instant,
  ): void {
    const { store } = this.options;
    const { entries, ...rest } = held;
    const { name } = listing;
    const isSame = before !== null && stateOf(before).listing.group === listing.group;
    const from = isSame ? fork + 1 : 0;
    store.dropGroupEntriesFrom(name, from);
    entries.slice(from).forEach((signed, nth) => store.putGroupEntry(name, from + nth, signed));
    const state = JSON.stringify({ listing, ...rest } satisfies State);
    store.putGroup(name, { founder: founder.name, storedAt: now, state });
  }
}

function stateOf({ state }: StoredGroup): State {
  const value = parseJson(state);
  assert(value !== undefined, 'a stored listing is valid JSON');
  return value as State;
}
