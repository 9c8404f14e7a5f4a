// Ctrl+Z while readline reads the keys: leaves raw mode, and returns to it when the program continues.

import type { Interface } from 'node:readline';
import type { Host } from './host.js';
import { PASTE_OFF, PASTE_ON } from './terminal/typing/bracketed-paste.js';

/** `redraw`: shows the line being typed again. */
export function letSuspend(
  lines: Interface,
  host: Pick<Host, 'input' | 'output' | 'suspend'>,
  redraw: () => void,
): void {
  lines.on('SIGTSTP', () => {
    host.input.setRawMode?.(false);
    host.output.write(PASTE_OFF);
    host.suspend(() => {
      lines.pause(); // without this, readline would ignore Ctrl+C and Ctrl+Z afterwards
      host.input.setRawMode?.(true);
      host.output.write(PASTE_ON);
      redraw();
    });
  });
}
