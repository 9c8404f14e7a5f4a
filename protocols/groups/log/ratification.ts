// What is ratified, and by which signatures (SPEC GROUP-6, GROUP-9): proofs are few, because a later one that
// reaches as far back takes the place of those before it.

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
  /** The newest that each user said they have. */
  private readonly adoptions = new Map<string, SignedAdoption>();

  constructor(private proofs: readonly RatificationProof[] = []) {}

  /** What ratified this row, from an index on. */
  proofsSince(index: number): RatificationProof[] {
    return this.proofs.filter(({ to }) => to > index).slice(0, LIMITS.groupProofsMax);
  }

  get allProofs(): readonly RatificationProof[] {
    return this.proofs;
  }

  /** The same knowledge, to try another row with. */
  copy(): Ratification {
    const copy = new Ratification(this.proofs);
    for (const [user, said] of this.adoptions) copy.adoptions.set(user, said);
    return copy;
  }

  /** Takes a statement; false where it is none of this group, or nothing new. */
  record(chain: MembershipLog, signed: Signed): boolean {
    const adopted = openStatement('adopted', signed, chain.dependencies.primitives);
    if (adopted === null || adopted.group !== chain.group) return false;
    const known = this.adoptions.get(adopted.by)?.adopted;
    if (known && !isLater(adopted, known)) return false;
    if (!isKnownDevice(chain, adopted)) return false;
    this.adoptions.set(adopted.by, { adopted, signed });
    return true;
  }

  /** Ratifies as far as the statements heard reach; the proof, or null where nothing more is ratified. */
  advance(chain: MembershipLog): RatificationProof | null {
    const reached = [...new Set([...this.adoptions.values()].map(({ adopted }) => adopted.index))]
      .filter((index) => index > chain.ratified)
      .sort((a, b) => b - a);
    const to = this.reach(chain, reached);
    if (to === null) return null;
    const proof = this.proof(chain, chain.ratified, to);
    this.keep(chain, proof);
    return proof;
  }

  /** Follows a proof of somebody else; false where it proves nothing new. */
  applyProof(chain: MembershipLog, proof: RatificationProof): boolean {
    if (proof.to <= chain.ratified || proof.from > chain.ratified || chain.at(proof.to) === null) return false;
    const said = this.opened(chain, proof);
    if (!this.proves(chain, { from: chain.ratified, to: proof.to }, said)) return false;
    this.keep(chain, proof);
    return true;
  }

  /** Signatures cost: only those that can count are looked at, one for each who signed. */
  private opened(chain: MembershipLog, { to, adopted }: RatificationProof): Adopted[] {
    const term = chain.at(to)?.entry.term;
    const seen = new Set<string>();
    return adopted.flatMap((signed) => {
      const claim = peekStatement('adopted', signed);
      const mayCount = claim?.group === chain.group && this.isFor(term, claim) && covers(chain, claim, to);
      if (!mayCount || seen.has(claim.by)) return [];
      seen.add(claim.by);
      return openStatement('adopted', signed, chain.dependencies.primitives) ?? [];
    });
  }

  private keep(chain: MembershipLog, proof: RatificationProof): void {
    const before = this.proofs.at(-1);
    const longer = before && { ...proof, from: Math.min(before.from, proof.from) };
    // Who follows step by step must know what was ratified before a takeover, to count its votes.
    const isOneTerm = chain.at(before?.to ?? 0)?.entry.term === chain.at(proof.to)?.entry.term;
    const replaces = longer !== undefined && isOneTerm && this.isProof(chain, longer);
    this.proofs = replaces ? [...this.proofs.slice(0, -1), longer] : [...this.proofs, proof];
    assert(proof.to > chain.ratified, 'what is ratified stays ratified');
    chain.ratified = proof.to;
  }

  private isProof(chain: MembershipLog, { from, to, adopted }: RatificationProof): boolean {
    const said = adopted.flatMap((signed) => openStatement('adopted', signed, chain.dependencies.primitives) ?? []);
    return this.proves(chain, { from, to }, said);
  }

  private proof(chain: MembershipLog, from: number, to: number): RatificationProof {
    const term = chain.at(to)?.entry.term;
    const fit = [...this.adoptions.values()].filter(
      ({ adopted }) => this.isFor(term, adopted) && covers(chain, adopted, to),
    );
    return { from, to, adopted: fit.map(({ signed }) => signed) };
  }

  /** The highest entry that is ratified now: the end of what somebody has of its own term. */
  private reach(chain: MembershipLog, candidates: readonly number[]): number | null {
    const said = [...this.adoptions.values()].map(({ adopted }) => adopted);
    return candidates.find((to) => this.proves(chain, { from: chain.ratified, to }, said)) ?? null;
  }

  private proves(chain: MembershipLog, { from, to }: { from: number; to: number }, said: readonly Adopted[]): boolean {
    const term = chain.at(to)?.entry.term;
    if (term === undefined) return false;
    const fit = said.filter((each) => this.isFor(term, each) && covers(chain, each, to));
    const devices = new Map(fit.map(({ by, device }) => [by, device]));
    const counts = (user: string, key: string): boolean => {
      const device = devices.get(user);
      return device !== undefined && chain.roster.owns(user, key, device);
    };
    return chain.isMajority(counts, from, to);
  }

  /**
   * Only statements of the entry's own term count (SPEC GROUP-6): those of a later one can still be overruled by a term
   * between the two.
   */
  private isFor(term: number | undefined, adopted: Adopted): boolean {
    return adopted.term === term;
  }
}

function covers(chain: MembershipLog, adopted: Adopted, to: number): boolean {
  return adopted.index >= to && chain.has(adopted);
}

function isLater(a: Adopted, b: Adopted): boolean {
  return a.term !== b.term ? a.term > b.term : a.index > b.index;
}

/** A member of any configuration that is still pending, or of the last that was ratified. */
function isKnownDevice(chain: MembershipLog, { by, device }: Adopted): boolean {
  return chain.entriesFrom(chain.ratified).some(({ members }) => {
    const member = members.get(by);
    return member !== undefined && chain.roster.owns(by, member.key, device);
  });
}
