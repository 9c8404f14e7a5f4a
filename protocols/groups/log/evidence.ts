// Evidence of a fork: a text that proves two histories of one group to a reader who neither knows the group nor trusts
// the writer (SPEC GROUP-11, GROUP-12).

import { parseJson } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Type } from '../../kit/packages/typebox.js';
import { compileShape, exactly, IdText, NameText } from '../../kit/shapes.js';
import { Signed } from '../../kit/signed.js';
import { RatificationProof } from '../frames.js';
import { MembershipLog } from './membership-log.js';
import { Ratification } from './ratification.js';
import { provenEquivocation, type Equivocation } from './fork-candidate.js';
import { DeviceRoster, type LogDependencies } from './device-roster.js';
import { peekEntry } from './applied-entry.js';

const Evidence = exactly({
  type: Type.Literal('kith group evidence'),
  group: IdText,
  name: NameText,
  /** The log of the writer, the proofs that ratify it, and the records of the devices that signed it. */
  entries: Type.Array(Signed, { minItems: 1, maxItems: LIMITS.groupEntriesMax }),
  proofs: Type.Array(RatificationProof, { maxItems: LIMITS.groupEntriesMax }),
  records: Type.Array(Signed, { maxItems: LIMITS.groupDevicesMax }),
  pairs: Type.Array(Type.Tuple([Signed, Signed]), { minItems: 1, maxItems: LIMITS.groupForksMax }),
});
const evidenceShape = compileShape(Evidence);

/** The group, and the leader who signed contradicting entries in it. */
export interface EvidenceFinding extends Equivocation {
  readonly group: string;
  readonly name: string;
}

interface KnownHistory {
  readonly log: MembershipLog;
  readonly proofs: readonly RatificationProof[];
  readonly forks: readonly [Signed, Signed][];
}

/** The evidence for the known forks of a group, null if there are none. */
export function evidenceText({ log, proofs, forks }: KnownHistory): string | null {
  if (forks.length === 0) return null;
  const entries = log.signedFrom(0, log.position.index + 1);
  const records = log.roster.provingRecords().slice(0, LIMITS.groupDevicesMax);
  const evidence = { group: log.group, name: log.name, entries, proofs, records, pairs: forks };
  return `${JSON.stringify({ type: 'kith group evidence', ...evidence }, null, 1)}\n`;
}

/**
 * What an evidence text proves, null if it proves nothing. Verifies every signature, consent and vote in it. It cannot
 * prove who holds a key: the reader compares fingerprints.
 */
export function readEvidence(text: string, dependencies: LogDependencies): EvidenceFinding | null {
  const evidence = parseJson(text);
  if (!evidenceShape.accepts(evidence)) return null;
  const roster = new DeviceRoster(dependencies);
  for (const record of evidence.records) roster.learn(record);
  const [first, ...others] = evidence.entries;
  const log = first ? MembershipLog.begin(first, roster, dependencies) : null;
  if (log === null || log.group !== evidence.group) return null;
  appendAll(log, others, evidence.proofs);
  for (const pair of evidence.pairs) {
    const equivocation = provenEquivocation(log, pair);
    if (equivocation !== null) return { group: log.group, name: log.name, ...equivocation };
  }
  return null;
}

/** Appends entries up to the first invalid one. Proofs come before a takeover, whose votes depend on them. */
function appendAll(log: MembershipLog, entries: readonly Signed[], proofs: readonly RatificationProof[]): void {
  const ratification = new Ratification();
  const applyProofs = (): void => {
    for (const proof of proofs) ratification.applyProof(log, proof);
  };
  for (const signed of entries) {
    const isAtLimit = log.position.index - log.ratified >= LIMITS.groupUnratifiedMax;
    if (isAtLimit || peekEntry(signed)?.op.do === 'takeover') applyProofs();
    if (log.append(signed) !== null) return;
  }
}
