// Chooses the face that fits the streams and the flags, and runs it to its end.

import type { Engine, Ready } from '../../protocols/control/engine.js';
import type { Look } from './draw/look.js';
import { COLOUR_PAINT, NO_PAINT, type Paint } from './draw/paint.js';
import type { Host } from './host.js';
import { readLines } from './line-reader.js';
import { Passphrases } from './passphrases.js';
import { JsonPrinter } from './script/json-printer.js';
import { Script } from './script/script.js';
import { TextPrinter } from './script/text-printer.js';
import { Shell } from './shell.js';
import { LiveScreen } from './terminal/live-screen.js';
import { PlainScreen } from './terminal/plain-screen.js';
import { Terminal } from './terminal/terminal.js';

/** `lines`: those of `-c`; where there are any, nothing is read from the input. */
export interface FaceChoice {
  readonly json: boolean;
  readonly plain: boolean;
  readonly lines: readonly string[];
}

export interface FaceClient {
  readonly engine: Engine;
  readonly ready: Ready;
}

/**
 * Gives the exit code of docs/contract.md. The input is let go of at the end, so that nothing keeps the process
 * alive.
 */
export async function runFace(client: FaceClient, choice: FaceChoice, host: Host): Promise<number> {
  const passphrases = new Passphrases(host.passphrase);
  const shell = new Shell(client.engine, host.clock, passphrases);
  const isTerminal = host.input.isTTY === true && !choice.json && choice.lines.length === 0;
  try {
    return isTerminal
      ? await runTerminal(client, shell, { choice, host, passphrases })
      : await runScript(client, shell, { choice, host, passphrases });
  } finally {
    shell.waits.giveUp();
    host.input.destroy();
  }
}

interface Place {
  readonly choice: FaceChoice;
  readonly host: Host;
  readonly passphrases: Passphrases;
}

/** True iff the half-typed line can be redrawn. */
export function isLive({ plain }: Pick<FaceChoice, 'plain'>, host: Host): boolean {
  return !plain && host.hasCursor && host.output.isTTY === true;
}

function runTerminal(
  { engine, ready }: FaceClient,
  shell: Shell,
  { choice, host, passphrases }: Place,
): Promise<number> {
  const live = isLive(choice, host);
  const paint = live && host.hasColours ? COLOUR_PAINT : NO_PAINT;
  return new Terminal({
    engine,
    ready,
    shell,
    passphrases,
    clock: host.clock,
    look: lookOf(ready, shell, { host, paint }),
    openScreen: (typist) => (live ? new LiveScreen(host, typist) : new PlainScreen(host, typist)),
  }).run();
}

function runScript({ engine, ready }: FaceClient, shell: Shell, { choice, host }: Place): Promise<number> {
  const look = lookOf(ready, shell, { host, paint: NO_PAINT });
  const PrinterKind = choice.json ? JsonPrinter : TextPrinter;
  const printer = new PrinterKind(host.output, host.errors, look);
  const lines = choice.lines.length > 0 ? choice.lines : readLines(host.input);
  return new Script({ engine, ready, shell, printer, lines, host }).run();
}

function lookOf(ready: Ready, shell: Shell, { host, paint }: { host: Host; paint: Paint }): () => Look {
  return () => ({
    me: ready.user,
    conversation: shell.conversation,
    paint,
    zone: host.zone,
    now: host.clock.now(),
  });
}
