// Runs the command line interface: a terminal for a person, a script for a pipe or `-c`, as streams and flags say.

import type { ClientApi, Ready } from '../../protocols/control/client-api.js';
import type { ViewOptions } from './draw/view-options.js';
import { TERMINAL_COLOURS, NO_COLOURS, type Colours } from './draw/colours.js';
import { columnsOf, type Host } from './host.js';
import { readLines } from './line-reader.js';
import { Confirmations } from './confirmations.js';
import { Passphrases } from './passphrases.js';
import { JsonPrinter } from './script/json-printer.js';
import { Script } from './script/script.js';
import { TextPrinter } from './script/text-printer.js';
import { CommandRunner } from './command-runner.js';
import { LiveScreen } from './terminal/live-screen.js';
import { PlainScreen } from './terminal/plain-screen.js';
import { Terminal } from './terminal/terminal.js';

/** `lines`: those of `-c`; with any, the input is not read. */
export interface CliOptions {
  readonly json: boolean;
  readonly plain: boolean;
  readonly lines: readonly string[];
}

export interface CliClient {
  readonly api: ClientApi;
  readonly ready: Ready;
}

/** Resolves to the exit code of docs/contract.md. Destroys the input, so that it does not keep the process alive. */
export async function runCli(client: CliClient, options: CliOptions, host: Host): Promise<number> {
  const passphrases = new Passphrases(host.passphrase);
  const confirmations = new Confirmations();
  const runner = new CommandRunner(client.api, host.clock, passphrases, confirmations);
  const isTerminal = host.input.isTTY === true && !options.json && options.lines.length === 0;
  try {
    return isTerminal
      ? await runTerminal(client, runner, { options, host, passphrases, confirmations })
      : await runScript(client, runner, { options, host });
  } finally {
    runner.waits.stopAll();
    host.input.destroy();
  }
}

interface CliContext {
  readonly options: CliOptions;
  readonly host: Host;
}

interface TerminalContext extends CliContext {
  readonly passphrases: Passphrases;
  readonly confirmations: Confirmations;
}

/** True if the half-typed line can be redrawn. */
export function canRedrawLine({ plain }: Pick<CliOptions, 'plain'>, host: Host): boolean {
  return !plain && host.hasCursor && host.output.isTTY === true;
}

function runTerminal(
  { api, ready }: CliClient,
  runner: CommandRunner,
  { options, host, passphrases, confirmations }: TerminalContext,
): Promise<number> {
  const isLive = canRedrawLine(options, host);
  const colours = isLive && host.hasColours ? TERMINAL_COLOURS : NO_COLOURS;
  return new Terminal({
    api,
    ready,
    runner,
    passphrases,
    confirmations,
    clock: host.clock,
    view: viewOf(ready, runner, { host, colours }),
    openScreen: (handler) => (isLive ? new LiveScreen(host, handler) : new PlainScreen(host, handler)),
  }).run();
}

function runScript({ api, ready }: CliClient, runner: CommandRunner, { options, host }: CliContext): Promise<number> {
  const view = viewOf(ready, runner, { host, colours: NO_COLOURS });
  const PrinterKind = options.json ? JsonPrinter : TextPrinter;
  const printer = new PrinterKind(host.output, host.errors, view);
  const lines = options.lines.length > 0 ? options.lines : readLines(host.input);
  return new Script({ api, ready, runner, printer, lines, host }).run();
}

function viewOf(
  ready: Ready,
  runner: CommandRunner,
  { host, colours }: { host: Host; colours: Colours },
): () => ViewOptions {
  return () => ({
    me: ready.user,
    conversation: runner.conversation,
    colours,
    zone: host.zone,
    now: host.clock.now(),
    columns: columnsOf(host.output),
  });
}
