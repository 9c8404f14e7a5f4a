// A client at a real pseudo-terminal: keys are typed one by one, and a virtual screen shows what a user would see.

import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { CLIENT } from '../../../start/programs.js';
import { VirtualScreen } from '../../client/cli/fakes/virtual-screen.js';
import { killOnExit } from './child-process.js';
import { plainEnvironment } from './plain-environment.js';

const COLUMNS = 80;
const ROWS = 24;
const BOUND_MS = 20_000;

/** Skips a test, with a reason, if no pseudo-terminal is available. */
export function needsTerminal(): { skip: string | false } {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return { skip: /util-linux/.test(stdout ?? '') ? false : 'script(1) of util-linux is not installed' };
}

export class TerminalClient {
  readonly screen = new VirtualScreen(COLUMNS, ROWS);
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly ended: Promise<void>;

  constructor(
    readonly user: string,
    { server, data }: { server: string; data: string },
  ) {
    const client = [process.execPath, CLIENT, server, '--user', user, '--data', data, '--host', '127.0.0.1'];
    const words = client.map((word) => `'${word}'`).join(' ');
    const command = `stty cols ${COLUMNS} rows ${ROWS}; exec ${words}`;
    const env = plainEnvironment({ TERM: 'xterm-256color', NO_COLOR: '1', SHELL: '/bin/sh' });
    const stdio = ['pipe', 'pipe', 'ignore'] as const;
    this.child = killOnExit(spawn('script', ['-qfec', command, '/dev/null'], { env, stdio: [...stdio] }));
    this.child.stdout.pipe(this.screen);
    this.ended = new Promise((resolve) => this.child.once('close', () => resolve()));
  }

  /** Presses keys; Enter is `\r`. */
  press(keys: string): void {
    this.child.stdin.write(keys);
  }

  /** Waits until the screen is as expected; checks it after each output. */
  shows(what: string, isShown: (rows: readonly string[]) => boolean): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const rows = this.screen.shown();
        if (isShown(rows)) settle(() => resolve(rows));
      };
      const settle = (outcome: () => void): void => {
        clearTimeout(bound);
        this.child.stdout.off('data', lookLater);
        outcome();
      };
      const lookLater = (): void => void setImmediate(look); // after the screen has processed the output
      const complain = (): void =>
        reject(new Error(`${this.user} never saw ${what}:\n${this.screen.shown().join('\n')}`));
      const bound = setTimeout(() => settle(complain), BOUND_MS);
      this.child.stdout.on('data', lookLater);
      look();
    });
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL'); // closes the terminal, which ends the client
    await this.ended;
  }
}
