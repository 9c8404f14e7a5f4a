// Evidence about two histories of one group, as a text that anybody can check without knowing the group or trusting who
// wrote it (SPEC GROUP-11, GROUP-12).

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
  /** What the writer followed, what ratified it, and the records of who signed it. */
  entries: Type.Array(Signed, { minItems: 1, maxItems: LIMITS.groupEntriesMax }),
  proofs: Type.Array(RatificationProof, { maxItems: LIMITS.groupEntriesMax }),
  records: Type.Array(Signed, { maxItems: LIMITS.groupDevicesMax }),
  pairs: Type.Array(Type.Tuple([Signed, Signed]), { minItems: 1, maxItems: LIMITS.groupForksMax }),
});
const evidenceShape = compileShape(Evidence);

/** Which group, by its id too; who signed both of two entries that exclude each other, and with which key. */
export interface EvidenceFinding extends Equivocation {
  readonly group: string;
  readonly name: string;
}

interface KnownHistory {
  readonly log: MembershipLog;
  readonly proofs: readonly RatificationProof[];
  readonly forks: readonly [Signed, Signed][];
}

/** Null where nothing contradicts anything. */
export function evidenceText({ log: chain, proofs, forks }: KnownHistory): string | null {
  if (forks.length === 0) return null;
  const { op } = chain.first.entry;
  const name = op.do === 'create' ? op.name : '';
  const entries = chain.signedFrom(0, chain.position.index + 1);
  const records = chain.roster.provingRecords().slice(0, LIMITS.groupDevicesMax);
  const evidence = { group: chain.group, name, entries, proofs, records, pairs: forks };
  return `${JSON.stringify({ type: 'kith group evidence', ...evidence }, null, 1)}\n`;
}

/**
 * What a file proves, null where it proves nothing. Every signature, consent and vote in it is judged as if a stranger
 * had sent it. What it cannot prove is whose key a key is: that is for the reader to compare.
 */
export function readEvidence(text: string, tools: LogDependencies): EvidenceFinding | null {
  const evidence = parseJson(text);
  if (!evidenceShape.accepts(evidence)) return null;
  const roster = new DeviceRoster(tools);
  for (const record of evidence.records) roster.learn(record);
  const [first, ...others] = evidence.entries;
  const chain = first ? MembershipLog.begin(first, roster, tools) : null;
  if (chain === null || chain.group !== evidence.group) return null;
  grow(chain, others, evidence.proofs);
  const { op } = chain.first.entry;
  const name = op.do === 'create' ? op.name : '';
  for (const pair of evidence.pairs) {
    const lie = provenEquivocation(chain, pair);
    if (lie !== null) return { group: chain.group, name, ...lie };
  }
  return null;
}

/** As far as it is sound. Votes are counted from what was ratified before them, so that is followed first. */
function grow(chain: MembershipLog, entries: readonly Signed[], proofs: readonly RatificationProof[]): void {
  const ratification = new Ratification();
  const follow = (): void => {
    for (const proof of proofs) ratification.applyProof(chain, proof);
  };
  for (const signed of entries) {
    const isPressing = chain.position.index - chain.ratified >= LIMITS.groupUnratifiedMax;
    if (isPressing || peekEntry(signed)?.op.do === 'takeover') follow();
    if (chain.append(signed) !== null) return;
  }
}
