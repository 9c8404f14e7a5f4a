// The page docs/refusals.md, made from the table of refusals. `npm run docs` writes it; a test compares.

import { REFUSAL_CODES, Refusal, refusalStatus, refusalText } from '../../protocols/kit/refusals.js';

const HEAD = `# Refusals

A refusal is an expected failure. Over REST it is \`{"code", "message"}\` with the status. A client prints the
sentence; with \`--json\` it prints \`{"code", "message"}\`. *about* stands for the name or reason in question.

This page is made from protocols/kit/refusals/refusal-table.ts by \`npm run docs\`. Do not edit it.

| code | status | sentence |
|---|---|---|
`;

export function refusalsPage(): string {
  return HEAD + REFUSAL_CODES.map(row).join('');
}

function row(code: Refusal['code']): string {
  const sentence = refusalText(new Refusal(code, '*about*')).replace(/[|<]/g, (letter) => `\\${letter}`);
  return `| \`${code}\` | ${refusalStatus(code)} | ${sentence} |\n`;
}
