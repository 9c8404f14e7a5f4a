// Evidence about two histories of one group, as a text that anybody can check without knowing the group or trusting who
// wrote it (SPEC GROUP-11, GROUP-12).

import { parseJson } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Type } from '../../kit/packages/typebox.js';
import { compileShape, exactly, IdText, NameText } from '../../kit/shapes.js';
import { Signed } from '../../kit/signed.js';
import { Proof } from '../frames.js';
import { Chain } from './chain.js';
import { Ratification } from './ratification.js';
import { lieProved, type Lie } from './rival.js';
import { Roster, type Tools } from './roster.js';
import { readEntry } from './step.js';

const Evidence = exactly({
  type: Type.Literal('kith group evidence'),
  group: IdText,
  name: NameText,
  /** What the writer followed, what ratified it, and the records of who signed it. */
  entries: Type.Array(Signed, { minItems: 1, maxItems: LIMITS.groupEntriesMax }),
  proofs: Type.Array(Proof, { maxItems: LIMITS.groupEntriesMax }),
  records: Type.Array(Signed, { maxItems: LIMITS.groupDevicesMax }),
  pairs: Type.Array(Type.Tuple([Signed, Signed]), { minItems: 1, maxItems: LIMITS.groupForksKept }),
});
const evidenceShape = compileShape(Evidence);

/** Which group, by its id too; who signed both of two entries that exclude each other, and with which key. */
export interface Finding extends Lie {
  readonly group: string;
  readonly name: string;
}

interface Known {
  readonly chain: Chain;
  readonly proofs: readonly Proof[];
  readonly forks: readonly [Signed, Signed][];
}

/** Null where nothing contradicts anything. */
export function evidenceText({ chain, proofs, forks }: Known): string | null {
  if (forks.length === 0) return null;
  const { op } = chain.first.entry;
  const name = op.do === 'create' ? op.name : '';
  const entries = chain.from(0, chain.place.index + 1);
  const records = chain.roster.all().slice(0, LIMITS.groupDevicesMax);
  const evidence = { group: chain.group, name, entries, proofs, records, pairs: forks };
  return `${JSON.stringify({ type: 'kith group evidence', ...evidence }, null, 1)}\n`;
}

/**
 * What a file proves, null where it proves nothing. Every signature, consent and vote in it is judged as if a stranger
 * had sent it. What it cannot prove is whose key a key is: that is for the reader to compare.
 */
export function readEvidence(text: string, tools: Tools): Finding | null {
  const evidence = parseJson(text);
  if (!evidenceShape.accepts(evidence)) return null;
  const roster = new Roster(tools);
  for (const record of evidence.records) roster.learn(record);
  const [first, ...others] = evidence.entries;
  const chain = first ? Chain.begin(first, roster, tools) : null;
  if (chain === null || chain.group !== evidence.group) return null;
  grow(chain, others, evidence.proofs);
  const { op } = chain.first.entry;
  const name = op.do === 'create' ? op.name : '';
  for (const pair of evidence.pairs) {
    const lie = lieProved(chain, pair);
    if (lie !== null) return { group: chain.group, name, ...lie };
  }
  return null;
}

/** As far as it is sound. Votes are counted from what was ratified before them, so that is followed first. */
function grow(chain: Chain, entries: readonly Signed[], proofs: readonly Proof[]): void {
  const ratification = new Ratification();
  const follow = (): void => {
    for (const proof of proofs) ratification.follow(chain, proof);
  };
  for (const signed of entries) {
    const isPressing = chain.place.index - chain.ratified >= LIMITS.groupUnratifiedMax;
    if (isPressing || readEntry(signed)?.op.do === 'takeover') follow();
    if (chain.push(signed) !== null) return;
  }
}
