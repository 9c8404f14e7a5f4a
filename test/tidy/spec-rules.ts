// The numbered rules of the SPEC.md files and the tests that quote them: each rule has a test, each quoted rule exists.

import ts from 'typescript';
import { findingAt, walk, type Finding, type Source } from './source.js';

/** A page of text: a SPEC.md, or one that cites it. */
export interface Spec {
  readonly path: string;
  readonly text: string;
}

interface SpecRule {
  readonly id: string;
  readonly path: string;
  readonly line: number;
}

/** A rule stands at the head of a line, a list item or a row: `[PRES-3] A silent session is offline after 45 s.` */
const RULE_HEAD = /^\s*(?:[-*|]\s+)?(?:\*\*)?\[([A-Z]+-\d+)\]/;
const QUOTED = /\[([A-Z]+-\d+)\]/g;
const TEST_CALLS = new Set(['test', 'it', 'describe', 'suite']);

export function specRulesRule(specs: readonly Spec[], sources: readonly Source[]): Finding[] {
  const rules = specs.flatMap(rulesOf);
  const quotes = sources.filter(({ path }) => path.startsWith('test/')).flatMap(quotesOf);
  const known = new Set(rules.map(({ id }) => id));
  const quoted = new Set(quotes.map(({ id }) => id));
  return [
    ...rules
      .filter(({ id }) => !quoted.has(id))
      .map((rule) => ({ ...rule, says: `no test is named after [${rule.id}]` })),
    ...repeated(rules).map((rule) => ({ ...rule, says: `[${rule.id}] names two rules` })),
    ...quotes
      .filter(({ id }) => !known.has(id))
      .map(({ id, finding }) => ({ ...finding, says: `no SPEC.md has a rule [${id}]` })),
  ];
}

/** Each protocol says its rules. The kit is no protocol. */
export function specPresenceRule(specs: readonly Spec[], sources: readonly Source[]): Finding[] {
  const folders = new Set(sources.map(({ path }) => /^protocols\/[^/]+(?=\/)/.exec(path)?.[0]));
  return [...folders]
    .filter((folder) => folder !== undefined)
    .filter((folder) => folder !== 'protocols/kit' && !specs.some(({ path }) => path === `${folder}/SPEC.md`))
    .map((folder) => ({ path: folder, line: 1, says: 'a protocol without SPEC.md: write down its numbered rules' }));
}

/** Pages that claim something cite the rule that shows it, and that rule must exist. */
export function citedRulesRule(pages: readonly Spec[], specs: readonly Spec[]): Finding[] {
  const known = new Set(specs.flatMap(rulesOf).map(({ id }) => id));
  return pages.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at) =>
      [...line.matchAll(QUOTED)]
        .map(([, id]) => id ?? '')
        .filter((id) => !known.has(id))
        .map((id) => ({ path, line: at + 1, says: `no SPEC.md has a rule [${id}]` })),
    ),
  );
}

function rulesOf(spec: Spec): SpecRule[] {
  return spec.text.split('\n').flatMap((text, at) => {
    const id = RULE_HEAD.exec(text)?.[1];
    return id === undefined ? [] : [{ id, path: spec.path, line: at + 1 }];
  });
}

function repeated(rules: readonly SpecRule[]): SpecRule[] {
  return rules.filter((rule, at) => rules.findIndex(({ id }) => id === rule.id) !== at);
}

function quotesOf(source: Source): { id: string; finding: Finding }[] {
  const found: { id: string; finding: Finding }[] = [];
  walk(source.tree, (node) => {
    if (!ts.isCallExpression(node) || !TEST_CALLS.has(calledName(node))) return;
    const name = node.arguments[0];
    for (const [, id] of name?.getText(source.tree).matchAll(QUOTED) ?? []) {
      if (id !== undefined) found.push({ id, finding: findingAt(source, node.getStart(source.tree), '') });
    }
  });
  return found;
}

/** `test` of `test(…)`, `t.test(…)` and `suite.test(…)`. */
function calledName({ expression }: ts.CallExpression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : '';
}
