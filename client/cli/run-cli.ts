// Chooses the face that fits the streams and the flags, and runs it to its end.

import type { ClientApi, Ready } from '../../protocols/control/client-api.js';
import type { ViewOptions } from './draw/view-options.js';
import { TERMINAL_COLOURS, NO_COLOURS, type Colours } from './draw/colours.js';
import type { Host } from './host.js';
import { readLines } from './line-reader.js';
import { Passphrases } from './passphrases.js';
import { JsonPrinter } from './script/json-printer.js';
import { Script } from './script/script.js';
import { TextPrinter } from './script/text-printer.js';
import { CommandRunner } from './command-runner.js';
import { LiveScreen } from './terminal/live-screen.js';
import { PlainScreen } from './terminal/plain-screen.js';
import { Terminal } from './terminal/terminal.js';

/** `lines`: those of `-c`; where there are any, nothing is read from the input. */
export interface CliOptions {
  readonly json: boolean;
  readonly plain: boolean;
  readonly lines: readonly string[];
}

export interface CliClient {
  readonly api: ClientApi;
  readonly ready: Ready;
}

/**
 * Gives the exit code of docs/contract.md. The input is let go of at the end, so that nothing keeps the process
 * alive.
 */
export async function runCli(client: CliClient, choice: CliOptions, host: Host): Promise<number> {
  const passphrases = new Passphrases(host.passphrase);
  const runner = new CommandRunner(client.api, host.clock, passphrases);
  const isTerminal = host.input.isTTY === true && !choice.json && choice.lines.length === 0;
  try {
    return isTerminal
      ? await runTerminal(client, runner, { choice, host, passphrases })
      : await runScript(client, runner, { choice, host, passphrases });
  } finally {
    runner.waits.stopAll();
    host.input.destroy();
  }
}

interface Place {
  readonly choice: CliOptions;
  readonly host: Host;
  readonly passphrases: Passphrases;
}

/** True iff the half-typed line can be redrawn. */
export function canRedrawLine({ plain }: Pick<CliOptions, 'plain'>, host: Host): boolean {
  return !plain && host.hasCursor && host.output.isTTY === true;
}

function runTerminal(
  { api: engine, ready }: CliClient,
  runner: CommandRunner,
  { choice, host, passphrases }: Place,
): Promise<number> {
  const live = canRedrawLine(choice, host);
  const colours = live && host.hasColours ? TERMINAL_COLOURS : NO_COLOURS;
  return new Terminal({
    api: engine,
    ready,
    runner: runner,
    passphrases,
    clock: host.clock,
    view: viewOf(ready, runner, { host, colours }),
    openScreen: (handler) => (live ? new LiveScreen(host, handler) : new PlainScreen(host, handler)),
  }).run();
}

function runScript({ api: engine, ready }: CliClient, runner: CommandRunner, { choice, host }: Place): Promise<number> {
  const view = viewOf(ready, runner, { host, colours: NO_COLOURS });
  const PrinterKind = choice.json ? JsonPrinter : TextPrinter;
  const printer = new PrinterKind(host.output, host.errors, view);
  const lines = choice.lines.length > 0 ? choice.lines : readLines(host.input);
  return new Script({ api: engine, ready, runner: runner, printer, lines, host }).run();
}

function viewOf(
  ready: Ready,
  runner: CommandRunner,
  { host, colours }: { host: Host; colours: Colours },
): () => ViewOptions {
  return () => ({
    me: ready.user,
    conversation: runner.conversation,
    colours: colours,
    zone: host.zone,
    now: host.clock.now(),
  });
}
