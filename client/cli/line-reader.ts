// Cuts a stream into lines. Memory stays bounded however long the lines are.

import { TextDecoder } from 'node:util';
import type { Readable } from 'node:stream';
import { LIMITS } from '../../protocols/kit/limits.js';

/** Holds one unfinished line. A line over the bound is cut one letter after it, so that the parser refuses it. */
export class LineCutter {
  private unfinished = '';

  push(text: string): string[] {
    const [first = '', ...more] = text.split('\n');
    const whole: string[] = [];
    this.unfinished = this.cut(this.unfinished + first);
    for (const piece of more) {
      whole.push(this.unfinished.replace(/\r$/, ''));
      this.unfinished = this.cut(piece);
    }
    return whole;
  }

  /** The last line, if the stream ended without a line feed. */
  end(): string[] {
    return this.unfinished === '' ? [] : this.push('\n');
  }

  private cut(line: string): string {
    return line.slice(0, LIMITS.commandLineBytes + 1);
  }
}

/** The lines of a stream. It is read only as fast as the lines are taken. A broken stream counts as ended. */
export async function* readLines(input: Readable): AsyncGenerator<string> {
  const cutter = new LineCutter();
  for await (const text of readText(input)) yield* cutter.push(text);
  yield* cutter.end();
}

/** The chunks of a stream until it ends or breaks. */
export async function* readText(input: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of input as AsyncIterable<string | Uint8Array>) {
      yield typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    }
  } catch (trouble) {
    if (!(trouble instanceof Error && 'code' in trouble)) throw trouble; // with a code: the terminal or writer is gone
  }
}
