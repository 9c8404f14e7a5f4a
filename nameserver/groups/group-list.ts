// The public groups: accepts the log entries that leaders publish, and answers look-ups (protocols/groups).

import { readRecord } from '../../protocols/directory/record-verification.js';
import { publicationShape, type Publication, type RatificationProof } from '../../protocols/groups/frames.js';
import {
  founderOf,
  judgePublication,
  openGroup,
  type ListedGroup,
  type Listing,
  type AcceptedPublication,
} from '../../protocols/groups/log/listing.js';
import type { LogDependencies } from '../../protocols/groups/log/device-roster.js';
import { parseJson } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { assert, type Instant } from '../../protocols/kit/machine.js';
import { canonicalName } from '../../protocols/kit/names.js';
import type { Primitives } from '../../protocols/kit/primitives.js';
import { Refusal, type Outcome } from '../../protocols/kit/refusals.js';
import type { Signed } from '../../protocols/kit/signed.js';
import { tooMany, type Budgets } from '../budgets.js';
import type { ServingTime } from '../store/serving-time.js';
import type { Space } from '../space/space.js';
import type { Registry } from '../registry.js';
import type { RegistryStore, StoredGroup } from '../store/registry-store.js';
import { OpenGroups } from './open-groups.js';
import { checkPublication } from './publication-check.js';

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
  readonly budgets: Pick<Budgets, 'newNames' | 'entriesVerified' | 'publishedBytes'>;
  readonly space: Space;
  readonly servingTime: ServingTime;
}

/** Where a request came from, and when. */
interface Origin {
  readonly network: string;
  readonly now: Instant;
}

/** Entries that are read in the time of verifying one signature. */
const ENTRIES_PER_SIGNATURE = 8;
/** Members that are copied in the time of reading one entry. */
const MEMBERS_PER_ENTRY = 100;

/** `next`: the last name if there are more groups. `cost`: what reading it costs beyond one name for each group. */
export interface GroupsPage {
  readonly groups: readonly Listing[];
  readonly next: string | null;
  readonly cost: number;
}

function costOf(bytes: number): number {
  return Math.floor(bytes / LIMITS.groupLookUpBytes);
}

export class GroupList {
  private readonly openGroups = new OpenGroups();
  private readonly dependencies: LogDependencies;

  constructor(private readonly options: GroupListOptions) {
    const { primitives } = options;
    this.dependencies = { primitives, readRecord: (signed) => readRecord(signed, primitives) };
  }

  publish({ name: typed, publication, network }: PublicationRequest, now: Instant): Outcome<Listing> {
    const name = canonicalName(typed);
    if (name === null) return new Refusal('NAME_INVALID', typed.slice(0, 40));
    if (!publicationShape.accepts(publication))
      return new Refusal('MALFORMED', 'a publication is {from, entries, proofs, records}');
    if (this.options.space.isLow) return new Refusal('SERVER_FULL', 'groups');
    if (publication.from + publication.entries.length > LIMITS.groupEntriesListedMax)
      return new Refusal('LIST_FULL', `entries of the group ${name}`);
    const stored = this.inForce(name);
    return stored === null
      ? this.found(name, publication, { network, now })
      : this.extend(stored, publication, { network, now });
  }

  group(typed: string): Outcome<Listing> {
    const name = canonicalName(typed);
    const stored = name === null ? null : this.options.store.group(name);
    return stored === null ? new Refusal('GROUP_UNKNOWN', typed.slice(0, 64)) : stateOf(stored).listing;
  }

  /** What a look-up of this group costs, in names: the server reads all that it keeps of the group [LOAD-6]. */
  costOf(typed: string): number {
    const name = canonicalName(typed);
    return costOf((name === null ? null : this.options.store.group(name))?.state.length ?? 0);
  }

  /** At most `limit` groups after the name `after`, ordered by name; fewer, but at least one, if they are large. */
  page(after: string | null, limit: number): GroupsPage {
    const groups: Listing[] = [];
    let bytes = 0;
    for (let last = after ?? ''; ; last = groups.at(-1)?.name ?? '') {
      const [stored] = this.options.store.groupsAfter(last, 1);
      if (stored === undefined) return { groups, next: null, cost: costOf(bytes) };
      bytes += stored.state.length;
      const isFull = groups.length > 0 && (groups.length >= limit || bytes > LIMITS.groupsPageBytes);
      if (isFull) return { groups, next: last, cost: costOf(bytes) };
      groups.push(stateOf(stored).listing);
    }
  }

  /** The group that holds the name. A group without a publication for a year loses it. */
  private inForce(name: string): StoredGroup | null {
    const stored = this.options.store.group(name);
    return stored !== null && this.options.servingTime.now - stored.storedAt < LIMITS.groupNameReservedMs
      ? stored
      : null;
  }

  private found(name: string, publication: Publication, { network, now }: Origin): Outcome<Listing> {
    const { newNames } = this.options.budgets;
    if (publication.from !== 0) return new Refusal('GROUP_STALE', name);
    const refusal = this.newGroupRefusal(founderOf(publication, this.dependencies), name);
    if (refusal !== null) return refusal;
    const waitMs = Math.max(this.verify(publication, { network, now }), newNames.waitMs(network, now));
    if (waitMs > 0) return tooMany(waitMs);
    const published = judgePublication(name, null, publication, this.dependencies);
    if (!(published instanceof Refusal)) newNames.spend(network, now);
    return this.settle(published);
  }

  /** The cheap checks come first: a log can hold thousands of entries, and a publication hundreds of signatures. */
  private extend(stored: StoredGroup, publication: Publication, { network, now }: Origin): Outcome<Listing> {
    const { listing } = stateOf(stored);
    const { name } = listing;
    const checked = checkPublication(listing, publication, this.options);
    if (checked instanceof Refusal) return checked;
    if (checked === 'known') return this.refresh(stored, listing);
    const waitMs = this.verify(publication, { network, now }, this.openingCost(listing));
    if (waitMs > 0) return tooMany(waitMs);
    const open = this.openGroups.take(name) ?? openGroup(this.listed(name, stored), this.dependencies);
    return this.settle(judgePublication(name, open, publication, this.dependencies));
  }

  /** A group that publishes what the server has keeps its name. One write a day is enough for that. */
  private refresh(stored: StoredGroup, listing: Listing): Listing {
    const { store, servingTime } = this.options;
    const { now } = servingTime;
    if (now - stored.storedAt >= LIMITS.groupRefreshMs) store.putGroup(listing.name, { ...stored, storedAt: now });
    return listing;
  }

  private settle(published: Outcome<AcceptedPublication>): Outcome<Listing> {
    if (published instanceof Refusal) return published;
    const { listing, open } = published;
    const { proofs, records } = published.group;
    if (JSON.stringify({ proofs, records }).length > LIMITS.groupStateBytes)
      return new Refusal('LIST_FULL', `records of the group ${listing.name}`);
    this.keep(published, this.options.store.group(listing.name));
    this.openGroups.put(listing.name, open);
    return listing;
  }

  private listed(name: string, stored: StoredGroup): ListedGroup {
    const { ratified, proofs, records } = stateOf(stored);
    return { entries: this.options.store.groupEntries(name), ratified, proofs, records };
  }

  /** Charges the network before signatures are verified, and for the bytes [LOAD-7]. Returns the wait in ms, or 0. */
  private verify({ entries, proofs, records }: Publication, { network, now }: Origin, more = 0): number {
    const { entriesVerified, publishedBytes } = this.options.budgets;
    const adopted = proofs.flatMap((proof) => proof.adopted);
    const signed = [...entries, ...records, ...adopted];
    const bytes = signed.reduce((sum, { payload, signature }) => sum + payload.length + signature.length, 0);
    const waitMs =
      publishedBytes.waitMs(network, now, bytes) || entriesVerified.spend(network, now, signed.length + more);
    return waitMs || publishedBytes.spend(network, now, bytes);
  }

  /** What it costs to read a log that is not open, in signatures of equal cost [LOAD-13]. */
  private openingCost({ name, head, members }: Listing): number {
    if (this.openGroups.has(name)) return 0;
    return Math.ceil((head.index * (1 + members.length / MEMBERS_PER_ENTRY)) / ENTRIES_PER_SIGNATURE);
  }

  /** A founder must be registered here and must not exceed the limit of listed groups. */
  private newGroupRefusal(founder: AcceptedPublication['founder'] | null, group: string): Refusal | null {
    if (founder === null) return new Refusal('SIGNATURE_INVALID', group);
    const user = this.options.registry.user(founder.name);
    if (user instanceof Refusal || user.key !== founder.key) return new Refusal('SIGNATURE_INVALID', group);
    const founded = this.options.store.groupsFoundedBy(founder.name);
    return founded >= LIMITS.groupsListedPerFounder ? new Refusal('LIST_FULL', 'groups that you founded') : null;
  }

  private keep({ group: held, fork, listing, founder }: AcceptedPublication, before: StoredGroup | null): void {
    const { store } = this.options;
    const { entries, ...rest } = held;
    const { name } = listing;
    const isSame = before !== null && stateOf(before).listing.group === listing.group;
    const from = isSame ? fork + 1 : 0;
    store.dropGroupEntriesFrom(name, from);
    entries.slice(from).forEach((signed, nth) => store.putGroupEntry(name, from + nth, signed));
    const state = JSON.stringify({ listing, ...rest } satisfies State);
    store.putGroup(name, { founder: founder.name, storedAt: this.options.servingTime.now, state });
  }
}

function stateOf({ state }: StoredGroup): State {
  const value = parseJson(state);
  assert(value !== undefined, 'a stored listing is valid JSON');
  return value as State;
}
