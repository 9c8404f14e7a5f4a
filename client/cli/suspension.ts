// Ctrl+Z where readline reads the keys: the terminal is given back as it was, and taken again once we go on.

import type { Interface } from 'node:readline';
import type { Host } from './host.js';

/** `goOn`: shows the line being typed again. */
export function letSuspend(lines: Interface, host: Pick<Host, 'input' | 'suspend'>, goOn: () => void): void {
  lines.on('SIGTSTP', () => {
    host.input.setRawMode?.(false);
    host.suspend(() => {
      lines.pause(); // else keys that are signals would not be heard any more
      host.input.setRawMode?.(true);
      goOn();
    });
  });
}
