// An ordinary tool let loose on a port: what it sent is answered with some bytes or none, and it ends within a bound.

import { spawn, spawnSync } from 'node:child_process';
import { killOnExit } from './child-process.js';

/** `code`: null where it had to be ended. `heard`: what the port sent, byte by byte. */
export interface ProbeResult {
  readonly code: number | null;
  readonly received: Buffer;
  readonly stderr: string;
}

export interface ProbeOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Given to its input, which stays open. */
  readonly bytes?: Uint8Array;
  /** Where given, the tool is ended once enough was heard. */
  readonly isEnough?: (heard: Buffer) => boolean;
}

const BOUND_MS = 15_000;

/** Rejects where the tool did not end within the bound: the port should have broken off. */
export function probePort({ command, args, bytes, isEnough = () => false }: ProbeOptions): Promise<ProbeResult> {
  const child = killOnExit(spawn(command, args));
  let heard = Buffer.alloc(0);
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => {
    heard = Buffer.concat([heard, chunk]);
    if (isEnough(heard)) child.kill('SIGKILL');
  });
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  child.stdin.on('error', (trouble) => (complaints += trouble.message)); // it ended before it took all
  if (bytes) child.stdin.write(bytes);
  return new Promise((resolve, reject) => {
    const bound = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${command} ${args.join(' ')} was not cut off within ${BOUND_MS} ms: ${complaints}`));
    }, BOUND_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(bound);
      resolve({ code, received: heard, stderr: complaints });
    });
  });
}

/** For a test that needs a tool: skips it, and says why, where the machine has none. */
export function requireTool(tool: string, question: string): { skip: string | false } {
  return { skip: spawnSync(tool, [question]).status === 0 ? false : `${tool} is not installed` };
}
