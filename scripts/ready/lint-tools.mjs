// The tools that read the source: ESLint (what types show), Prettier (layout), knip (what has no user).

import { runTool } from './command.mjs';
import { say } from './say.mjs';

const TOOLS = [
  { name: 'ESLint', script: 'eslint/bin/eslint.js', args: ['.', '--max-warnings=0'] },
  { name: 'Prettier', script: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level=warn', '.'] },
  { name: 'knip', script: 'knip/bin/knip.js', args: ['--no-progress'] },
];

/** True iff none of them found anything. They run side by side and print when they end. */
export async function lint() {
  const verdicts = await Promise.all(TOOLS.map(isContent));
  return verdicts.every(Boolean);
}

async function isContent({ name, script, args }) {
  const code = await runTool(script, args);
  if (code !== 0) say(`${name} is not content: see above`);
  return code === 0;
}
