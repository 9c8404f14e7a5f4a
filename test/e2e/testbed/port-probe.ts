// Runs a tool such as curl or openssl against a port and gives what it received, within a time limit.

import { spawn, spawnSync } from 'node:child_process';
import { killOnExit } from './child-process.js';

/** `code`: null if the tool was killed. `received`: the bytes that the port sent. */
export interface ProbeResult {
  readonly code: number | null;
  readonly received: Buffer;
  readonly stderr: string;
}

export interface ProbeOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Written to its stdin, which stays open. */
  readonly bytes?: Uint8Array;
  /** The tool is killed as soon as this gives true. */
  readonly isEnough?: (received: Buffer) => boolean;
}

const BOUND_MS = 15_000;

/** Rejects if the tool does not end in time: the port should have closed the connection. */
export function probePort({ command, args, bytes, isEnough = () => false }: ProbeOptions): Promise<ProbeResult> {
  const child = killOnExit(spawn(command, args));
  let received = Buffer.alloc(0);
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    if (isEnough(received)) child.kill('SIGKILL');
  });
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', (trouble) => (stderr += trouble.message)); // it ended before it read all bytes
  if (bytes) child.stdin.write(bytes);
  return new Promise((resolve, reject) => {
    const bound = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${command} ${args.join(' ')} did not end within ${BOUND_MS} ms: ${stderr}`));
    }, BOUND_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(bound);
      resolve({ code, received, stderr });
    });
  });
}

/** Skips a test, with a reason, if the tool is not installed. */
export function requireTool(tool: string, question: string): { skip: string | false } {
  return { skip: spawnSync(tool, [question]).status === 0 ? false : `${tool} is not installed` };
}
