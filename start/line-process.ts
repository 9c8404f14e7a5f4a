// A child process that is controlled by lines: the caller sends lines, waits for printed lines, and ends it.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

interface Waiting {
  readonly accepts: (line: string) => boolean;
  readonly resolve: (line: string) => void;
  readonly reject: (why: Error) => void;
}

export class LineProcess {
  /** The exit code, or null if a signal ended the process. */
  readonly ended: Promise<number | null>;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  private readonly unclaimed: string[] = [];
  private readonly waiting = new Set<Waiting>();
  private lastErrorLine = 'it printed no error';
  private hasEnded = false;

  /** `name`: its name in error messages. `script`: run by the Node of this process. */
  constructor(
    private readonly name: string,
    script: string,
    args: readonly string[],
  ) {
    this.child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdin.on('error', (trouble) => (this.lastErrorLine = trouble.message));
    createInterface({ input: this.child.stdout }).on('line', (line) => this.received(line));
    createInterface({ input: this.child.stderr }).on('line', (line) => (this.lastErrorLine = line));
    this.ended = new Promise((resolve) => this.child.on('close', resolve));
    void this.ended.then((code) => this.rejectWaiting(code));
  }

  send(line: string): void {
    this.child.stdin.write(`${line}\n`);
  }

  /** The earliest accepted line that no earlier call returned. Rejects if the process ends without it. */
  line(accepts: (line: string) => boolean): Promise<string> {
    const at = this.unclaimed.findIndex(accepts);
    const [found] = at < 0 ? [] : this.unclaimed.splice(at, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.hasEnded) return Promise.reject(new Error(`${this.name} has ended: ${this.lastErrorLine}`));
    return new Promise((resolve, reject) => this.waiting.add({ accepts, resolve, reject }));
  }

  /** Sends SIGTERM. */
  terminate(): void {
    this.child.kill('SIGTERM');
  }

  /** Sends SIGKILL and waits for the end of the process. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  private received(line: string): void {
    const waiting = [...this.waiting].find(({ accepts }) => accepts(line));
    if (!waiting) {
      this.unclaimed.push(line);
      return;
    }
    this.waiting.delete(waiting);
    waiting.resolve(line);
  }

  private rejectWaiting(code: number | null): void {
    this.hasEnded = true;
    for (const { reject } of this.waiting)
      reject(new Error(`${this.name} ended (${code ?? 'killed'}): ${this.lastErrorLine}`));
    this.waiting.clear();
  }
}
