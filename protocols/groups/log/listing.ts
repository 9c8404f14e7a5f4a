// A public group at the name server (SPEC GROUP-36): the server checks a publication as a member checks a log, and
// derives the public listing from it.

import { assert } from '../../kit/machine.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import type { Signed } from '../../kit/signed.js';
import type { LogPosition, GroupPolicy } from '../entry.js';
import type { RatificationProof, Publication } from '../frames.js';
import { MembershipLog } from './membership-log.js';
import { successors } from './successors.js';
import { Ratification } from './ratification.js';
import { readForkCandidate, relationOf } from './fork-candidate.js';
import { DeviceRoster, type LogDependencies } from './device-roster.js';
import { peekEntry } from './applied-entry.js';

/** What the server stores of a listed group. */
export interface ListedGroup {
  readonly entries: readonly Signed[];
  readonly ratified: number;
  readonly proofs: readonly RatificationProof[];
  readonly records: readonly Signed[];
}

/** A public group as the server lists it. `deputies`: the next leaders, in order; they also take join requests. */
export interface PublicGroup {
  readonly group: string;
  readonly name: string;
  readonly leader: string;
  readonly deputies: readonly string[];
  readonly members: readonly string[];
  readonly head: LogPosition;
  readonly policy: GroupPolicy;
}

/** What the server tells about a public group. `entry`: its last entry. */
export interface Listing extends PublicGroup {
  readonly entry: Signed;
}

/** A listed group whose log was read and can be extended. */
export interface OpenGroup {
  readonly log: MembershipLog;
  readonly ratification: Ratification;
  /** Records of devices that the log lacks. */
  readonly records: readonly Signed[];
}

/** `fork`: entries up to this index are stored already. `open`: the group after the publication. */
export interface AcceptedPublication {
  readonly group: ListedGroup;
  readonly open: OpenGroup;
  readonly fork: number;
  readonly listing: Listing;
  readonly founder: { readonly name: string; readonly key: string };
}

const DEPUTIES_LISTED = 3;

/** The founder that a publication claims. Cheap, so the server can refuse unknown founders before it checks the log. */
export function founderOf(
  { entries: [first] }: Publication,
  { readRecord }: LogDependencies,
): AcceptedPublication['founder'] | null {
  const op = first && peekEntry(first)?.op;
  const record = op?.do === 'create' ? readRecord(op.record) : null;
  return record && { name: record.name, key: record.key };
}

/** Reads a stored group, whose entries were checked when they arrived. Its cost grows with the log. */
export function openGroup(listed: ListedGroup, dependencies: LogDependencies): OpenGroup {
  const [first, ...others] = listed.entries;
  const log = first ? MembershipLog.begin(first, new DeviceRoster(dependencies), dependencies) : null;
  assert(log !== null, 'a listed group was founded');
  log.isTrusted = true;
  for (const signed of others) log.append(signed);
  log.isTrusted = false;
  log.ratified = listed.ratified;
  return { log, ratification: new Ratification(listed.proofs), records: learn(log, listed.records) };
}

/**
 * Checks a publication under this name. `listed`: the group that has the name now, null if the name is free. It must
 * not be used again after a refusal, because it may have learned devices from the publication.
 */
export function judgePublication(
  name: string,
  listed: OpenGroup | null,
  offered: Publication,
  dependencies: LogDependencies,
): Outcome<AcceptedPublication> {
  if (listed === null) {
    const founded = found(name, offered, dependencies);
    return founded instanceof Refusal ? founded : extend(founded, offered);
  }
  const isOther = offered.from === 0 && offered.entries[0]?.payload !== listed.log.first.signed.payload;
  return isOther ? new Refusal('GROUP_TAKEN', name) : extend(listed, offered);
}

function found(name: string, { from, entries }: Publication, dependencies: LogDependencies): Outcome<OpenGroup> {
  const [first] = entries;
  if (!first || from !== 0) return new Refusal('GROUP_STALE', name);
  const log = MembershipLog.begin(first, new DeviceRoster(dependencies), dependencies);
  if (log === null) return new Refusal('SIGNATURE_INVALID', name);
  const { op } = log.first.entry;
  if (op.do !== 'create' || op.name !== name || !op.public)
    return new Refusal('MALFORMED', 'the entries do not found a public group of this name');
  return { log, ratification: new Ratification(), records: [] };
}

function extend(listed: OpenGroup, offered: Publication): Outcome<AcceptedPublication> {
  const { log: own, ratification } = listed;
  const { name } = own;
  const records = [...listed.records, ...learn(own, offered.records)];
  const candidate = readForkCandidate(own, ratification, offered);
  const relation = candidate && relationOf(own, candidate);
  if (candidate === null) {
    const isKnown = offered.entries.every(
      (signed, nth) => own.at(offered.from + nth)?.signed.payload === signed.payload,
    );
    if (!isKnown) return new Refusal('GROUP_STALE', name);
    for (const proof of offered.proofs) ratification.applyProof(own, proof);
    return published({ log: own, ratification, records }, own.position.index);
  }
  if (relation !== 'extends' && relation !== 'replaces') return new Refusal('GROUP_STALE', name);
  return published({ log: candidate.log, ratification: candidate.ratification, records }, candidate.fork);
}

/** Learns the records that name new devices of users of the group; gives those. */
function learn({ roster, dependencies }: MembershipLog, records: readonly Signed[]): Signed[] {
  return records.filter((signed) => {
    const record = dependencies.readRecord(signed);
    const isNew = record !== null && roster.newest(record.name, record.key) !== null && !roster.addsNothing(record);
    if (isNew) roster.learn(signed);
    return isNew;
  });
}

function published(open: OpenGroup, fork: number): AcceptedPublication {
  const { log, ratification, records } = open;
  const { head, first, position } = log;
  const entries = log.signedFrom(0, position.index + 1);
  const listing: Listing = {
    group: log.group,
    name: log.name,
    leader: head.leader,
    deputies: successors(head).slice(0, DEPUTIES_LISTED),
    members: [...head.members.keys()],
    head: position,
    policy: head.policy,
    entry: head.signed,
  };
  const { by } = first.entry;
  const founder = { name: by, key: first.members.get(by)?.key ?? '' };
  const group = { entries, ratified: log.ratified, proofs: [...ratification.allProofs], records };
  return { group, open, fork, listing, founder };
}
