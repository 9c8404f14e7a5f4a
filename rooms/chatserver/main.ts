#!/usr/bin/env node
// The program `chatserver`: reads flags and configuration, runs one room server, and stops it on a signal.

import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../../protocols/kit/version.js';
import type { ServerAddresses } from '../../protocols/rooms/config-file.js';
import { boundedOutput } from '../../runtime/process/bounded-output.js';
import { endOnFault, endWith, EXIT, onBrokenOutput } from '../../runtime/process/exit.js';
import { openLog } from '../../runtime/log.js';
import { endpointText } from '../../runtime/net/endpoint.js';
import type { ChatServerConfig, ChatServerFlags } from './config.js';
import { BindError } from '../../runtime/operational-error.js';

interface Flags extends ChatServerFlags {
  readonly check?: string;
}

const program = new Command('chatserver')
  .description('One server of a replicated cluster of chat rooms. Clients send lines of text over UDP.')
  .argument('[config-file]', 'one server per line: forward[,bind], each host:port; # starts a comment')
  .argument('[index]', 'the position of this server in the file, from 1')
  .option('-o, --order <order>', 'unordered, fifo or total (default: unordered)')
  .option('-v, --verbose', 'print each protocol step with its time in microseconds')
  .option('--rooms <n>', 'number of rooms, the same on every server (default: 10)')
  .option('--data <dir>', 'directory for the state of this server (default: data/rooms/…)')
  .option('--cluster-key-file <file>', 'secret of the cluster; without it any process can pose as a server')
  .option('--suspect-ms <n>', 'a server silent for this long is removed from the view (default: 600)')
  .option('--metrics-port <port>', 'serve Prometheus metrics at http://127.0.0.1:PORT/metrics')
  .option('--check <config-file>', 'check a configuration file and exit')
  .version(VERSION)
  .addHelpText('after', '\nExample:\n  chatserver servers.conf 1 -o total')
  .configureOutput({
    outputError: (text, write) => write(`${text.replace(/^error: /, 'chatserver: ').trim()}. See: chatserver --help\n`),
  })
  .exitOverride();

async function main(): Promise<void> {
  program.parse();
  const flags = program.opts<Flags>();
  const { readChatServerConfig, readServers } = await import('./config.js');
  if (flags.check !== undefined) return check(flags.check, readServers(flags.check));
  const [path, index] = program.args;
  if (path === undefined || index === undefined)
    return endWith(EXIT.usage, 'chatserver: an argument is missing. Type: chatserver <config-file> <index>');
  const outcome = readChatServerConfig([path, index], flags, process.env);
  if ('problems' in outcome) return endWith(EXIT.usage, outcome.problems.join('\n'));
  await run(outcome.config);
}

async function check(
  path: string,
  outcome: { servers: readonly ServerAddresses[] } | { problems: string[] },
): Promise<void> {
  if ('problems' in outcome) return endWith(EXIT.usage, outcome.problems.join('\n'));
  const { PeerAddresses } = await import('./peer-addresses.js');
  const addresses = new PeerAddresses(outcome.servers);
  await addresses.lookUp();
  const shared = addresses.sharedAddresses();
  if (shared.length > 0) return endWith(EXIT.usage, shared.map((problem) => `${path}: ${problem}`).join('\n'));
  process.stdout.write(`${path}: ${outcome.servers.length} servers\n`);
}

async function run(config: ChatServerConfig): Promise<void> {
  const { runChatServer } = await import('./run.js');
  const log = await openLog('chatserver', 'info');
  if (!config.key)
    log.warn('no cluster key: any process that reaches this port can pose as a server. See --cluster-key-file');
  const server = await runChatServer(config, {
    print: boundedOutput(process.stdout, (line) => endWith(EXIT.usage, line)),
    onUnresolved: (reason) => log.warn(`another server cannot be found yet: ${reason}`),
    onFault: (error) => endWith(EXIT.usage, error),
  });
  const stop = (): void => {
    server.stop().then(
      () => process.exit(EXIT.ok),
      (error: unknown) => endWith(EXIT.usage, error),
    );
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  process.on('SIGHUP', () => (process.stdin.isTTY ? stop() : log.info('SIGHUP: the server goes on with its settings')));
  onBrokenOutput(stop);
  if (server.metricsPort !== null) log.info({ port: server.metricsPort }, 'metrics at /metrics');
  const where = endpointText(server.endpoint);
  process.stdout.write(
    `Chat server ${config.index + 1} of ${config.servers.length} listening on ${where}, order ${config.order}\n`,
  );
}

endOnFault();
await main().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
  endWith(error instanceof BindError ? EXIT.bind : EXIT.usage, error);
});
