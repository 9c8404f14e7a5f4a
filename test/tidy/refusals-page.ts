// The page docs/refusals.md, made from the table of refusals. `npm run docs` writes it; a test compares.

import { REFUSAL_CODES, Refusal, refusalStatus, refusalText } from '../../protocols/kit/refusals.js';

const HEAD = `# Refusals

Every expected no, from protocols/kit/refusals.ts. Over REST the answer is \`{"code", "message"}\` with the status;
a client says the sentence, and with \`--json\` \`{"code", "message"}\`. Where a sentence says *about*, the name or
reason in question stands there.

Made by \`npm run docs\`; do not edit.

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
