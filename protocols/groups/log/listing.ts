// A public group at the name server (SPEC GROUP-36): its entries are judged as members judge them, and nothing more is
// decided here.

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

/** What is kept of a group. */
export interface ListedGroup {
  readonly entries: readonly Signed[];
  readonly ratified: number;
  readonly proofs: readonly RatificationProof[];
  readonly records: readonly Signed[];
}

/** What anybody may know of it. `deputies`: who leads next, and lets people in while the leader is away. */
export interface Listing {
  readonly group: string;
  readonly name: string;
  readonly leader: string;
  readonly deputies: readonly string[];
  readonly members: readonly string[];
  readonly head: LogPosition;
  readonly policy: GroupPolicy;
  readonly entry: Signed;
}

/** `fork`: entries up to it are those that were held. */
export interface AcceptedPublication {
  readonly group: ListedGroup;
  readonly fork: number;
  readonly listing: Listing;
  readonly founder: { readonly name: string; readonly key: string };
}

const DEPUTIES_LISTED = 3;

/** Who a group says it is founded by, and with which key: proven with its row, and cheap to look up before. */
export function founderOf(
  { entries: [first] }: Publication,
  { readRecord }: LogDependencies,
): AcceptedPublication['founder'] | null {
  const op = first && peekEntry(first)?.op;
  const papers = op?.do === 'create' ? readRecord(op.record) : null;
  return papers && { name: papers.name, key: papers.key };
}

/** May this be held under this name? `held`: what is held now, null where the name is free. */
export function judgePublication(
  name: string,
  held: ListedGroup | null,
  offered: Publication,
  tools: LogDependencies,
): Outcome<AcceptedPublication> {
  const [first] = held?.entries ?? offered.entries;
  if (!first || (held === null && offered.from !== 0)) return new Refusal('GROUP_STALE', name);
  const roster = new DeviceRoster(tools);
  const own = MembershipLog.begin(first, roster, tools);
  if (own === null) return new Refusal('SIGNATURE_INVALID', name);
  const { op } = own.first.entry;
  if (op.do !== 'create' || op.name !== name || !op.public)
    return new Refusal('MALFORMED', 'not a public group of this name');
  if (held !== null && offered.from === 0 && offered.entries[0]?.payload !== first.payload) {
    return new Refusal('GROUP_TAKEN', name);
  }
  return extend(own, held, offered);
}

function extend(own: MembershipLog, held: ListedGroup | null, offered: Publication): Outcome<AcceptedPublication> {
  const name = nameOf(own);
  restore(own, held);
  const records = learn(own, [...(held?.records ?? []), ...offered.records]);
  const ratification = new Ratification(held?.proofs);
  const rival = readForkCandidate(own, ratification, offered);
  const relation = rival && relationOf(own, rival);
  if (rival === null) {
    const isKnown = offered.entries.every(
      (signed, nth) => own.at(offered.from + nth)?.signed.payload === signed.payload,
    );
    if (!isKnown) return new Refusal('GROUP_STALE', name);
    for (const proof of offered.proofs) ratification.applyProof(own, proof);
    return published(own, ratification, { fork: own.position.index, records });
  }
  if (relation !== 'continues' && relation !== 'takes over') return new Refusal('GROUP_STALE', name);
  return published(rival.log, rival.ratification, { fork: rival.fork, records });
}

/** Entries that were judged when they came. */
function restore(own: MembershipLog, held: ListedGroup | null): void {
  own.isTrusted = true;
  for (const signed of held?.entries.slice(1) ?? []) own.append(signed);
  own.isTrusted = false;
  own.ratified = held?.ratified ?? 0;
}

/** The records that teach something about people of the group. */
function learn({ roster, dependencies: tools }: MembershipLog, records: readonly Signed[]): Signed[] {
  return records.filter((signed) => {
    const papers = tools.readRecord(signed);
    const isNews = papers !== null && roster.newest(papers.name, papers.key) !== null && !roster.addsNothing(papers);
    if (isNews) roster.learn(signed);
    return isNews;
  });
}

function published(
  chain: MembershipLog,
  ratification: Ratification,
  { fork, records }: { fork: number; records: readonly Signed[] },
): AcceptedPublication {
  const { head, first, position: place } = chain;
  const entries = chain.signedFrom(0, place.index + 1);
  const listing: Listing = {
    group: chain.group,
    name: nameOf(chain),
    leader: head.leader,
    deputies: successors(head).slice(0, DEPUTIES_LISTED),
    members: [...head.members.keys()],
    head: place,
    policy: head.policy,
    entry: head.signed,
  };
  const { by } = first.entry;
  const founder = { name: by, key: first.members.get(by)?.key ?? '' };
  const held = { entries, ratified: chain.ratified, proofs: [...ratification.allProofs], records };
  return { group: held, fork, listing, founder };
}

function nameOf({ first }: MembershipLog): string {
  const { op } = first.entry;
  return op.do === 'create' ? op.name : '';
}
