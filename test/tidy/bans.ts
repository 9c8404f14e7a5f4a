// What may not stand in the code, each with what to write instead.

import ts from 'typescript';
import { codeAndComments, findingAt, walk, type Finding, type Source } from './source.js';

/** `allowed`: paths where it may stand. */
interface Ban {
  readonly pattern: RegExp;
  readonly instead: string;
  readonly allowed?: RegExp;
}

const SOURCES = /^(runtime|web\/host)\/sources\.ts$/;
/** A benchmark measures parts of a millisecond. */
const SOURCES_OR_BENCHMARK = /^(runtime|web\/host)\/sources\.ts$|^bench\//;
const NOT_A_TEST = /^(?!test\/)/;
const CLOCK = 'take the time as an argument; at the edge it is clock.now() of runtime/sources.ts';

/** Looked for in code: comments and strings do not count. */
const CODE_BANS: readonly Ban[] = [
  { pattern: /\bDate\.now\b/g, instead: CLOCK, allowed: SOURCES },
  { pattern: /\bnew Date\(\s*\)/g, instead: CLOCK, allowed: SOURCES },
  { pattern: /\bperformance\.now\b/g, instead: CLOCK, allowed: SOURCES_OR_BENCHMARK },
  { pattern: /\bprocess\.hrtime\b/g, instead: CLOCK, allowed: SOURCES },
  {
    pattern: /\bMath\.random\b/g,
    instead: 'take RandomSource of protocols/kit; at the edge it is in runtime/sources.ts',
    allowed: SOURCES,
  },
  {
    pattern: /\bconsole\b/g,
    instead: 'write to the stream you were given, or to the log of runtime/log.ts',
    allowed: /^client\/cli\/|(^|\/)main\.ts$|^bench\//,
  },
  { pattern: /\bas any\b/g, instead: 'let a TypeBox shape judge it, or take `unknown` and look' },
  { pattern: /\bexport default\b/g, instead: 'export it by name', allowed: /\.d\.ts$/ },
  { pattern: /\.only\(/g, instead: 'name the file: npm test -- part/of/its/path', allowed: NOT_A_TEST },
  {
    pattern: /\.skip\(/g,
    instead: 'run it always; where a host cannot, say why: { skip: reason }',
    allowed: NOT_A_TEST,
  },
];

/** Looked for in comments. */
const COMMENT_BANS: readonly Ban[] = [
  { pattern: /@ts-(ignore|nocheck)/g, instead: 'say the type' },
  // In a test it is an assertion: it fails to compile once the error is gone.
  { pattern: /@ts-expect-error/g, instead: 'say the type', allowed: /^test\// },
  { pattern: /eslint-disable/g, instead: 'do what the rule asks, or change the rule for everybody' },
  { pattern: /\b(TODO|FIXME)\b/g, instead: 'do it, or open an issue' },
];

export function bansRule(source: Source): Finding[] {
  const { code, comments } = codeAndComments(source);
  return [...banned(source, code, CODE_BANS), ...banned(source, comments, COMMENT_BANS), ...emptyCatches(source)];
}

function banned(source: Source, text: string, bans: readonly Ban[]): Finding[] {
  return bans
    .filter(({ allowed }) => !allowed?.test(source.path))
    .flatMap(({ pattern, instead }) =>
      [...text.matchAll(pattern)].map((match) => findingAt(source, match.index, `${match[0]} is banned: ${instead}`)),
    );
}

function emptyCatches(source: Source): Finding[] {
  const found: Finding[] = [];
  walk(source.tree, (node) => {
    if (!ts.isCatchClause(node) || node.block.statements.length > 0) return;
    found.push(
      findingAt(source, node.getStart(source.tree), 'an empty catch is banned: handle the trouble or let it pass'),
    );
  });
  return found;
}
