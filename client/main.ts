#!/usr/bin/env node
// The program p2p-client: flags to configuration, configuration to a running client, and a face for it.

import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../protocols/kit/version.js';
import { endOnFault, errorLines, EXIT, onBrokenOutput } from '../runtime/exit.js';
import { readConfig, type ClientConfig, type ClientFlags, type ConfigProblem } from './config.js';

type Host = import('./cli/host.js').Host;

const program = new Command('p2p-client')
  .description('Talk to your friends, from your machine to theirs.')
  .argument('<nameserver-addr>', 'host:port, [v6]:port or an http(s) URL')
  .option('--user <name>', 'who you are; asked for where it is missing')
  .option('--data <dir>', 'your own directory (default: data/<user>)')
  .option('--host <host>', 'where friends reach you (default: 0.0.0.0)')
  .option('--port <n>', 'TCP and UDP port, 0 for a free one (default: 0)')
  .option('--json', 'one JSON object per line, for programs')
  .option('--plain', 'whole lines, no colours, no cursor: for screen readers and dumb terminals')
  .option('-c, --command <line>', 'run this line, then exit (repeatable)', (line: string, before: string[] = []) => [
    ...before,
    line,
  ])
  .option('--invite-code <code>', 'for a name server that asks for one')
  .option('--link-wait <seconds>', 'how long to try a friend directly before leaving a letter')
  .option('--group-silence <seconds>', 'how long a leader of a group may be silent before its members elect another')
  .option('--no-read-receipts', 'tell nobody what you have read')
  .version(VERSION)
  .addHelpText('after', '\nExample:\n  p2p-client 127.0.0.1:12345 --user alice')
  .configureOutput({ outputError: (text, write) => write(`${oneLine(text)} See: p2p-client --help\n`) })
  .exitOverride();

/** What is wrong with the flags, as `error: unknown option '--nam'` and a suggestion on the next line. */
function oneLine(text: string): string {
  const [wrong = '', meant = ''] = text.replace(/^error: /, '').split('\n');
  return `p2p-client: ${wrong.replace(/\.$/, '')}.${meant === '' ? '' : ` ${meant}`}`;
}

async function main(): Promise<number> {
  program.parse();
  const flags: ClientFlags = { ...program.opts<ClientFlags>(), address: program.args[0] };
  const { processHost } = await import('./cli/process-host.js');
  const host = processHost();
  const named = await withName(flags, host);
  if (named === null) return EXIT.interrupted;
  const outcome = readConfig(named, process.env);
  return 'config' in outcome ? run(outcome.config, host) : complain(outcome.problems);
}

/** Asks for the name where only that is missing and somebody is there to ask; null where they left instead. */
async function withName(flags: ClientFlags, host: Host): Promise<ClientFlags | null> {
  const isThere = host.input.isTTY === true && !flags.json && (flags.command ?? []).length === 0;
  const others = readConfig({ ...flags, user: 'somebody' }, process.env);
  if (flags.user !== undefined || !isThere || 'problems' in others) return flags;
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

function complain(problems: readonly ConfigProblem[]): number {
  for (const { text } of problems) process.stderr.write(`${text}\n`);
  return problems.some(({ about }) => about === 'address') ? EXIT.bind : EXIT.usage;
}

/** One line, and the code that what failed chose for itself. */
function explain(trouble: unknown): number {
  if (trouble instanceof CommanderError) return trouble.exitCode;
  process.stderr.write(`${errorLines(trouble)}\n`);
  const hasCode = trouble instanceof Error && 'exitCode' in trouble && typeof trouble.exitCode === 'number';
  return hasCode ? Number(trouble.exitCode) : EXIT.usage;
}

endOnFault();
process.exitCode = await main().catch(explain);
