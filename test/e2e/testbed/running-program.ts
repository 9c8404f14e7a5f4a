// A program as a child process: keeps its output lines, and is killed at the latest when the test process ends.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import process from 'node:process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { ReceivedQueue } from './received-queue.js';
import { killOnExit } from './child-process.js';
import { plainEnvironment } from './plain-environment.js';

/** How a process ended: with a code, or by a signal. */
export interface ExitStatus {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProgramOptions {
  /** Its name in error messages. */
  readonly name: string;
  /** An executable, or a script for the running Node. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Called for each line of stdout. */
  readonly onLine?: (line: string) => void;
}

const LATEST_LINES = 12;
/** A client under attack prints much, for a long time. */
const LINES_KEPT = 5_000;

export class RunningProgram {
  readonly ended: Promise<ExitStatus>;
  /** The latest lines of stdout. */
  readonly lines: string[] = [];
  /** The latest lines of stderr. */
  readonly stderrLines: string[] = [];
  readonly stdout: ReceivedQueue<string>;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;

  constructor(program: ProgramOptions) {
    const { name, command, args, env, directory, onLine } = program;
    const [executable, ...script] = /\.js$/.test(command) ? [process.execPath, command] : [command];
    const options = { env: plainEnvironment(env), cwd: directory };
    this.child = killOnExit(spawn(executable, [...script, ...args], { ...options, stdio: ['pipe', 'pipe', 'pipe'] }));
    this.stdout = new ReceivedQueue(name, () => this.latest());
    this.ended = this.watch();
    this.child.stdin.on('error', (trouble) => this.stderrLines.push(`its input: ${trouble.message}`));
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      this.lines.push(line);
      if (this.lines.length > LINES_KEPT) this.lines.shift();
      this.stdout.put(line);
      onLine?.(line);
    });
    createInterface({ input: this.child.stderr }).on('line', (line) => {
      this.stderrLines.push(line);
      if (this.stderrLines.length > LINES_KEPT) this.stderrLines.shift();
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  write(text: string): void {
    this.child.stdin.write(text);
  }

  closeInput(): void {
    this.child.stdin.end();
  }

  /** Sends SIGTERM, like a supervisor. */
  terminate(): Promise<ExitStatus> {
    this.child.kill('SIGTERM');
    return this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Kills it (kill -9); resolves when it has exited. */
  kill(): Promise<ExitStatus> {
    this.child.kill('SIGKILL');
    return this.ended;
  }

  latest(): string {
    return [...this.lines.slice(-LATEST_LINES), ...this.stderrLines.slice(-LATEST_LINES)].join('\n');
  }

  private watch(): Promise<ExitStatus> {
    return new Promise((resolve) => {
      this.child.once('error', (trouble) => this.stderrLines.push(trouble.message));
      this.child.once('close', (code, signal) => {
        this.stdout.end(`it ended (${code ?? signal})`);
        resolve({ code, signal });
      });
    });
  }
}
