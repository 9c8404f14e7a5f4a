#!/usr/bin/env node
// The program p2p-client: reads the flags, starts a client, and runs a terminal or script for it.

import process from 'node:process';
import { Command, CommanderError, Option } from 'commander';
import { LIMITS } from '../protocols/kit/limits.js';
import { VERSION } from '../protocols/kit/version.js';
import { endOnFault, errorLines, EXIT, onBrokenOutput } from '../runtime/process/exit.js';
import type { FlagProblem } from '../runtime/process/flag-reader.js';
import { readConfig, type ClientConfig, type ClientFlags } from './config.js';

type Host = import('./cli/host.js').Host;

const program = new Command('p2p-client')
  .description('Talk to your friends, from your machine to theirs.')
  .argument('<nameserver-addr>', 'host:port, [v6]:port or an http(s) URL')
  .option('--user <name>', 'your name; a terminal asks for it if it is missing')
  .option('--data <dir>', 'the directory for your data (default: data/<user>)')
  .option('--host <host>', 'the address to listen on for friends (default: 0.0.0.0)')
  .option('--port <n>', 'TCP and UDP port, 0 for a free one (default: 0)')
  .option('--json', 'print one JSON object per line, for programs')
  .option('--plain', 'print whole lines without colours: for screen readers and dumb terminals')
  .option('-c, --command <line>', 'run this line, then exit (repeatable)', (line: string, before: string[] = []) => [
    ...before,
    line,
  ])
  .option('--invite-code-file <file>', 'a file with the code that the name server requires (or: KITH_INVITE_CODE)')
  .addOption(new Option('--invite-code <code>').hideHelp())
  .option('--link-wait <seconds>', 'how long to try a direct link before the server holds the message')
  .option('--group-silence <seconds>', 'how long the leader of a group may be silent before the members elect another')
  .option('--friend-mib-per-day <n>', 'how much a friend may make you store in a day, 0 for no limit (default: 64)')
  .option('--no-read-receipts', 'do not tell friends what you have read')
  .version(VERSION)
  .addHelpText('after', '\nExample:\n  p2p-client 127.0.0.1:12345 --user alice')
  .configureOutput({ outputError: (text, write) => write(`${oneLine(text)} See: p2p-client --help\n`) })
  .exitOverride();

/** Turns `error: unknown option '--nam'` and a suggestion on the next line into one line. */
function oneLine(text: string): string {
  const [problem = '', suggestion = ''] = text.replace(/^error: /, '').split('\n');
  return `p2p-client: ${problem.replace(/\.$/, '')}.${suggestion === '' ? '' : ` ${suggestion}`}`;
}

async function main(): Promise<number> {
  program.parse();
  const flags: ClientFlags = { ...program.opts<ClientFlags>(), address: program.args[0] };
  const { processHost } = await import('./cli/process-host.js');
  const host = processHost();
  const named = await withName(flags, host);
  if (named === null) return EXIT.interrupted;
  const outcome = readConfig(named, process.env);
  return 'config' in outcome ? run(outcome.config, host) : reportProblems(outcome.problems);
}

/** Asks for the name if only that is missing and a person is at the terminal. Null if the person left. */
async function withName(flags: ClientFlags, host: Host): Promise<ClientFlags | null> {
  const canAsk = host.input.isTTY === true && !flags.json && (flags.command ?? []).length === 0;
  const others = readConfig({ ...flags, user: 'placeholder' }, process.env);
  if (flags.user !== undefined || !canAsk || 'problems' in others) return flags;
  const [{ askName }, { canRedrawLine: isLive }] = await Promise.all([
    import('./cli/ask-name.js'),
    import('./cli/run-cli.js'),
  ]);
  const user = await askName(host, isLive(others.config, host));
  return user === null ? null : { ...flags, user };
}

async function run(config: ClientConfig, host: Host): Promise<number> {
  const [{ runClient }, { runCli: runFace }] = await Promise.all([import('./run.js'), import('./cli/run-cli.js')]);
  const client = await runClient(config);
  const end = (code: number) => void client.stop().finally(() => process.exit(code));
  process.once('SIGTERM', () => end(143));
  process.once('SIGHUP', () => end(129));
  onBrokenOutput(end);
  try {
    return await runFace(client, config, host);
  } finally {
    await client.stop();
  }
}

function reportProblems(problems: readonly FlagProblem[]): number {
  for (const { text } of problems) process.stderr.write(`${text}\n`);
  return problems.some(({ flag }) => flag === 'address') ? EXIT.bind : EXIT.usage;
}

/** Prints one line. Gives the exit code that the error carries, if any. */
function reportError(trouble: unknown): number {
  if (trouble instanceof CommanderError) return trouble.exitCode;
  process.stderr.write(`${errorLines(trouble)}\n`);
  const hasCode = trouble instanceof Error && 'exitCode' in trouble && typeof trouble.exitCode === 'number';
  return hasCode ? Number(trouble.exitCode) : EXIT.usage;
}

endOnFault();
const exitCode = await main().catch(reportError);
// Output that is not read would keep the program alive (protocols/control, CTRL-33).
if (process.stdout.writableLength > LIMITS.outputWaitingBytes) process.exit(exitCode);
process.exitCode = exitCode;
