// The server's own prompt: where somebody sits at its terminal, orders about peers are read from there.

import process from 'node:process';
import { createInterface, type Interface } from 'node:readline';
import type { PeerDesk } from './peer-desk.js';
import { PEER_WORDS, readPeerOrder } from './peer-order.js';

/** Reads until the terminal ends. `stop`: somebody typed Ctrl+C or `stop`. */
export function openPrompt(desk: PeerDesk, stop: () => void): Interface {
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: '> ' });
  const say = (answered: readonly string[]): void => {
    process.stdout.write(`${answered.join('\n')}\n`);
    lines.prompt();
  };
  lines.on('line', (line) => {
    const words = line.trim().split(/\s+/).filter(Boolean);
    if (words.length === 0) return lines.prompt();
    if (words[0] === 'stop') return stop();
    const order = readPeerOrder(words);
    if (order === null) return say([...PEER_WORDS, 'stop                     end the name server']);
    void desk.carryOut(order).then((answer) => say(answer.lines));
  });
  lines.on('SIGINT', stop);
  lines.prompt();
  return lines;
}
