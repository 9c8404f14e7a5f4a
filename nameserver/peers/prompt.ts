// The server's own prompt: where somebody sits at its terminal, orders about peers are read from there.

import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { PeerAdministration } from './peer-administration.js';
import { parsePeerCommand } from './peer-command.js';
import { PEER_HELP } from './peer-help.js';

export interface PromptOptions {
  readonly desk: PeerAdministration;
  readonly input: Readable;
  readonly output: Writable;
  /** Somebody typed `stop` or Ctrl+C. */
  readonly stop: () => void;
}

/** Reads until the terminal ends; the server goes on then. */
export function openPrompt({ desk, input, output, stop }: PromptOptions): void {
  const lines = createInterface({ input, output, prompt: '> ' });
  const say = (answered: readonly string[]): void => {
    output.write(`${answered.join('\n')}\n`);
    lines.prompt();
  };
  lines.on('line', (line) => {
    const words = line.trim().split(/\s+/).filter(Boolean);
    if (words.length === 0) return lines.prompt();
    if (words[0] === 'stop') return stop();
    const order = parsePeerCommand(words);
    if (order === null) return say([...PEER_HELP, 'stop                     end the name server']);
    void desk.carryOut(order).then((answer) => say(answer.lines));
  });
  lines.on('SIGINT', stop);
  lines.prompt();
}
