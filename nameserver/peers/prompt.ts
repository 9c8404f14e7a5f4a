// The prompt of a name server that runs in a terminal: reads peer commands and `stop`.

import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { PeerAdministration } from './peer-administration.js';
import { parsePeerCommand } from './peer-command.js';
import { PEER_HELP } from './peer-help.js';

export interface PromptOptions {
  readonly administration: Pick<PeerAdministration, 'run'>;
  readonly input: Readable;
  readonly output: Writable;
  /** Called when the operator types `stop` or Ctrl+C. */
  readonly stop: () => void;
}

/** Reads until the input ends. The server keeps running then. */
export function openPrompt({ administration, input, output, stop }: PromptOptions): void {
  const lines = createInterface({ input, output, prompt: '> ' });
  const reply = (answer: readonly string[]): void => {
    output.write(`${answer.join('\n')}\n`);
    lines.prompt();
  };
  lines.on('line', (line) => {
    const words = line.trim().split(/\s+/).filter(Boolean);
    if (words.length === 0) return lines.prompt();
    if (words[0] === 'stop') return stop();
    const command = parsePeerCommand(words);
    if (command === null) return reply([...PEER_HELP, 'stop                     stop the name server']);
    void administration.run(command).then(({ lines: answer }) => reply(answer));
  });
  lines.on('SIGINT', stop);
  lines.prompt();
}
