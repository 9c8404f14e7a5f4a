// Asks a person for their name until it is a valid one.

import { createInterface } from 'node:readline';
import { canonicalName } from '../../protocols/kit/names.js';
import { Refusal, refusalText } from '../../protocols/kit/refusals.js';
import { sanitize } from '../../protocols/kit/sanitize.js';
import type { Host } from './host.js';
import { letSuspend } from './suspension.js';

const QUESTION = 'Your name: ';

/** The canonical name, or null if the person left. `isLive`: the question and the answer share a line. */
export function askName(host: Pick<Host, 'input' | 'output' | 'suspend'>, isLive: boolean): Promise<string | null> {
  const { input, output } = host;
  const lines = createInterface(
    isLive ? { input, output, terminal: true, prompt: QUESTION } : { input, terminal: false },
  );
  const ask = () => (isLive ? lines.prompt() : void output.write(`${QUESTION.trimEnd()}\n`));
  letSuspend(lines, host, () => lines.prompt(true));
  return new Promise((settle) => {
    lines.on('SIGINT', () => lines.close());
    lines.on('close', () => settle(null));
    lines.on('line', (line) => {
      const name = canonicalName(line.trim());
      if (name !== null) settle(name);
      if (name !== null) return lines.close();
      if (line.trim() !== '')
        output.write(`! ${sanitize(refusalText(new Refusal('NAME_INVALID', line.trim().slice(0, 40))))}\n`);
      ask();
    });
    ask();
  });
}
