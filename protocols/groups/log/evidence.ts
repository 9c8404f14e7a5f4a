// Evidence about two histories of one group, as a text that anybody can check without knowing the group (SPEC
// GROUP-11).

import { Type } from '../../kit/packages/typebox.js';
import { parseJson } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { compileShape, exactly, IdText, NameText } from '../../kit/shapes.js';
import { Signed } from '../../kit/signed.js';
import { Chain } from './chain.js';
import { lieProved } from './rival.js';
import { Roster, type Tools } from './roster.js';
import { readEntry } from './step.js';

const Evidence = exactly({
  type: Type.Literal('kith group evidence'),
  group: IdText,
  name: NameText,
  /** What both histories share, and the records of who wrote it. */
  entries: Type.Array(Signed, { minItems: 1, maxItems: LIMITS.groupEntriesMax }),
  records: Type.Array(Signed, { maxItems: LIMITS.groupMembersMax }),
  pairs: Type.Array(Type.Tuple([Signed, Signed]), { minItems: 1, maxItems: LIMITS.groupForksKept }),
});
const evidenceShape = compileShape(Evidence);

/** `liar`: who signed both of two entries that exclude each other, null where it was not one person. */
export interface Finding {
  readonly group: string;
  readonly liar: string | null;
}

/** Null where nothing contradicts anything. */
export function evidenceText(chain: Chain, forks: readonly [Signed, Signed][]): string | null {
  if (forks.length === 0) return null;
  const { op } = chain.first.entry;
  const name = op.do === 'create' ? op.name : '';
  const people = [...chain.members.values()].flatMap(({ user, key }) => chain.roster.newest(user, key) ?? []);
  const entries = chain.from(0, chain.place.index + 1);
  const evidence = { type: 'kith group evidence', group: chain.group, name, entries, records: people, pairs: forks };
  return `${JSON.stringify(evidence, null, 1)}\n`;
}

/** What a file proves, null where it proves nothing. */
export function readEvidence(text: string, tools: Tools): Finding | null {
  const evidence = parseJson(text);
  if (!evidenceShape.accepts(evidence)) return null;
  const roster = new Roster(tools);
  for (const record of evidence.records) roster.learn(record);
  const [first, ...others] = evidence.entries;
  const chain = first ? Chain.begin(first, roster, tools) : null;
  if (chain === null || chain.group !== evidence.group) return null;
  // Votes are judged by what was ratified, which a file need not prove: whose entries contradict is all that counts.
  chain.isTrusted = true;
  for (const signed of others) if (chain.push(signed) !== null) break;
  const lies = evidence.pairs.flatMap((pair) =>
    lieProved(chain, pair) === null ? [] : [readEntry(pair[0])?.by ?? null],
  );
  return lies.length > 0 ? { group: evidence.name, liar: lies[0] ?? null } : null;
}
