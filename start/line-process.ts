// A program run as a child process and spoken to in lines: what it prints can be waited for, and it never outlives
// its owner.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

interface Waiting {
  readonly accepts: (line: string) => boolean;
  readonly resolve: (line: string) => void;
  readonly reject: (why: Error) => void;
}

export class LineProcess {
  /** The exit code, or null where a signal ended it. */
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly unheard: string[] = [];
  private readonly waiting = new Set<Waiting>();
  private lastComplaint = 'it said nothing';
  private hasEnded = false;

  /** `name`: what error messages call it. `script` is run by the Node that runs us. */
  constructor(
    private readonly name: string,
    script: string,
    args: readonly string[],
  ) {
    this.child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin.on('error', (trouble) => (this.lastComplaint = trouble.message));
    createInterface({ input: this.child.stdout }).on('line', (line) => this.hear(line));
    createInterface({ input: this.child.stderr }).on('line', (line) => (this.lastComplaint = line));
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
    void this.ended.then((code) => this.giveUpWaiting(code));
  }

  send(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** The earliest line not yet taken that is accepted. Rejects if the program ends without saying it. */
  line(accepts: (line: string) => boolean): Promise<string> {
    const at = this.unheard.findIndex(accepts);
    const [found] = at < 0 ? [] : this.unheard.splice(at, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.hasEnded) return Promise.reject(new Error(`${this.name} has ended: ${this.lastComplaint}`));
    return new Promise((resolve, reject) => this.waiting.add({ accepts, resolve, reject }));
  }

  /** Asks it to end, in the way a terminal or a supervisor does. */
  terminate(): void {
    this.child.kill('SIGTERM');
  }

  /** Ends it at once, and comes back when it is gone. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private hear(line: string): void {
    const waiting = [...this.waiting].find(({ accepts }) => accepts(line));
    if (!waiting) {
      this.unheard.push(line);
      return;
    }
    this.waiting.delete(waiting);
    waiting.resolve(line);
  }

  private giveUpWaiting(code: number | null): void {
    this.hasEnded = true;
    for (const { reject } of this.waiting)
      reject(new Error(`${this.name} ended (${code ?? 'killed'}): ${this.lastComplaint}`));
    this.waiting.clear();
  }
}
