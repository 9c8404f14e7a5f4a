// Writes lines to a stream whose reader may have stopped: what waits for it has a bound.

import type { Writable } from 'node:stream';
import { LIMITS } from '../../protocols/kit/limits.js';

const UNREAD = 'The output is not read: too much of it waits. The program ends. Read the output, then start again.';

/** `onUnread`: called once, with a line for the user, when too much waits. Nothing is written from then on. */
export function boundedOutput(
  stream: Pick<Writable, 'write' | 'writableLength'>,
  onUnread: (line: string) => void,
): (line: string) => void {
  let isUnread = false;
  return (line) => {
    if (isUnread) return;
    stream.write(`${line}\n`);
    isUnread = stream.writableLength > LIMITS.outputWaitingBytes;
    if (isUnread) onUnread(UNREAD);
  };
}
