// Collects `adopted` statements and ratifies entries with them (SPEC GROUP-6, GROUP-9). Keeps few proofs: a later proof
// of the same term that reaches as far back replaces the earlier one.

import { assert } from '../../kit/machine.js';
import { LIMITS } from '../../kit/limits.js';
import type { Signed } from '../../kit/signed.js';
import type { RatificationProof } from '../frames.js';
import { openStatement, peekStatement, type Adopted } from '../statements.js';
import type { MembershipLog } from './membership-log.js';

interface SignedAdoption {
  readonly adopted: Adopted;
  readonly signed: Signed;
}

export class Ratification {
  /** The newest statement of each user. */
  private readonly adoptions = new Map<string, SignedAdoption>();

  constructor(private proofs: readonly RatificationProof[] = []) {}

  /** The proofs that ratify entries after an index. */
  proofsSince(index: number): RatificationProof[] {
    return this.proofs.filter(({ to }) => to > index).slice(0, LIMITS.groupProofsMax);
  }

  get allProofs(): readonly RatificationProof[] {
    return this.proofs;
  }

  /** A copy, to try with another log. */
  copy(): Ratification {
    const copy = new Ratification(this.proofs);
    for (const [user, adoption] of this.adoptions) copy.adoptions.set(user, adoption);
    return copy;
  }

  /** Stores a statement; false if it is invalid, foreign or not newer than the known one of its author. */
  record(log: MembershipLog, signed: Signed): boolean {
    const adopted = openStatement('adopted', signed, log.dependencies.primitives);
    if (adopted === null || adopted.group !== log.group) return false;
    const known = this.adoptions.get(adopted.by)?.adopted;
    // A statement of a replaced device gives way to one of its successor for the same entry.
    const isOutdated = known !== undefined && log.isReplaced(known.by, known.device) && known.index === adopted.index;
    if (known && !isOutdated && !isLater(adopted, known)) return false;
    if (log.signerOf(adopted.by, adopted.device, adopted.index, log.ratified) === null) return false;
    // As of the adopted entry: a thief could cite an entry from before the replacement.
    if (log.isReplaced(adopted.by, adopted.device, adopted.index)) return false;
    this.adoptions.set(adopted.by, { adopted, signed });
    return true;
  }

  /** Ratifies as far as the stored statements allow; the proof, null if nothing more is ratified. */
  advance(log: MembershipLog): RatificationProof | null {
    const indexes = [...new Set([...this.adoptions.values()].map(({ adopted }) => adopted.index))]
      .filter((index) => index > log.ratified)
      .sort((a, b) => b - a);
    const to = this.highestProven(log, indexes);
    if (to === null) return null;
    const proof = this.proof(log, log.ratified, to);
    this.store(log, proof);
    return proof;
  }

  /** Applies a proof of another member; false if it ratifies nothing new. */
  applyProof(log: MembershipLog, proof: RatificationProof): boolean {
    if (proof.to <= log.ratified || proof.from > log.ratified || log.at(proof.to) === null) return false;
    const statements = this.verified(log, proof);
    if (!this.proves(log, { from: log.ratified, to: proof.to }, statements)) return false;
    this.store(log, proof);
    return true;
  }

  /** Verifying is expensive, so only statements that can count are verified, one for each author. */
  private verified(log: MembershipLog, { to, adopted }: RatificationProof): Adopted[] {
    const term = log.at(to)?.entry.term;
    const seen = new Set<string>();
    return adopted.flatMap((signed) => {
      const claim = peekStatement('adopted', signed);
      const mayCount = claim?.group === log.group && this.isFor(term, claim) && covers(log, claim, to);
      if (!mayCount || seen.has(claim.by)) return [];
      seen.add(claim.by);
      return openStatement('adopted', signed, log.dependencies.primitives) ?? [];
    });
  }

  private store(log: MembershipLog, proof: RatificationProof): void {
    const before = this.proofs.at(-1);
    const longer = before && { ...proof, from: Math.min(before.from, proof.from) };
    // The proof before a takeover is kept: a member that catches up needs it to count the votes of the takeover.
    const isOneTerm = log.at(before?.to ?? 0)?.entry.term === log.at(proof.to)?.entry.term;
    const replaces = longer !== undefined && isOneTerm && this.isProof(log, longer);
    this.proofs = replaces ? [...this.proofs.slice(0, -1), longer] : [...this.proofs, proof];
    assert(proof.to > log.ratified, 'a ratified entry stays ratified');
    log.ratified = proof.to;
  }

  private isProof(log: MembershipLog, { from, to, adopted }: RatificationProof): boolean {
    const statements = adopted.flatMap((signed) => openStatement('adopted', signed, log.dependencies.primitives) ?? []);
    return this.proves(log, { from, to }, statements);
  }

  private proof(log: MembershipLog, from: number, to: number): RatificationProof {
    const term = log.at(to)?.entry.term;
    const fit = [...this.adoptions.values()].filter(
      ({ adopted }) => this.isFor(term, adopted) && covers(log, adopted, to),
    );
    return { from, to, adopted: fit.map(({ signed }) => signed) };
  }

  /** The highest of these indexes that a majority has adopted in its own term. */
  private highestProven(log: MembershipLog, candidates: readonly number[]): number | null {
    const statements = [...this.adoptions.values()].map(({ adopted }) => adopted);
    return candidates.find((to) => this.proves(log, { from: log.ratified, to }, statements)) ?? null;
  }

  private proves(
    log: MembershipLog,
    { from, to }: { from: number; to: number },
    statements: readonly Adopted[],
  ): boolean {
    const term = log.at(to)?.entry.term;
    if (term === undefined) return false;
    const fit = statements.filter((each) => this.isFor(term, each) && covers(log, each, to));
    const keys = new Map(fit.map((each) => [each.by, log.signerOf(each.by, each.device, each.index, from)?.key]));
    return log.isMajority((user, key) => keys.get(user) === key, from, to);
  }

  /** Only statements of the term of the entry count (SPEC GROUP-6): a term in between could still replace the entry. */
  private isFor(term: number | undefined, adopted: Adopted): boolean {
    return adopted.term === term;
  }
}

function covers(log: MembershipLog, adopted: Adopted, to: number): boolean {
  return adopted.index >= to && log.has(adopted);
}

function isLater(a: Adopted, b: Adopted): boolean {
  return a.term !== b.term ? a.term > b.term : a.index > b.index;
}
