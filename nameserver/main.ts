#!/usr/bin/env node
// The program `nameserver`: reads flags, runs a name server, and stops it on SIGINT and SIGTERM.

import process from 'node:process';
import { Command, CommanderError, Option } from 'commander';
import { VERSION } from '../protocols/kit/version.js';
import { endOnFault, endWith, EXIT } from '../runtime/process/exit.js';
import { isInForeground } from '../runtime/process/foreground.js';
import { browserAddress, endpointText } from '../runtime/net/endpoint.js';
import type { Log } from '../runtime/log.js';
import { BindError } from '../runtime/operational-error.js';
import { watchSetBack } from '../runtime/sources.js';
import type { NameServerConfig } from './config.js';
import type { Flags } from '../runtime/process/flag-reader.js';
import type { PeerAdministration } from './peers/peer-administration.js';
import { PEER_HELP } from './peers/peer-help.js';
import type { RunningNameServer, ServerDependencies } from './server.js';

const PEER_EXAMPLE = '\nExample:\n  nameserver connect kith.example 12400\n  nameserver peers --data data/nameserver\n';
const EXAMPLE = '\nExample:\n  nameserver start --port 12345 --data data/nameserver\n';

function program(): Command {
  const nameserver = new Command('nameserver')
    .description(
      'Runs a Kith name server: it registers names, knows who is online and holds letters for offline users.',
    )
    .version(VERSION)
    .exitOverride()
    .addHelpText('after', EXAMPLE);
  addStart(nameserver);
  for (const line of PEER_HELP) addPeerCommand(nameserver, line);
  return nameserver;
}

function addStart(nameserver: Command): void {
  const command = nameserver
    .command('start')
    .description('run the name server until you stop it')
    .option('--host <host>', 'address to listen on (default: 0.0.0.0)')
    .option('--port <port>', 'port to listen on, 0 for any free port (default: 12345)')
    .option('--data <dir>', 'data directory (default: data/nameserver)')
    .option('--invite-code-file <file>', 'require the code in this file to register a new name (or: KITH_INVITE_CODE)')
    .addOption(new Option('--invite-code <code>').hideHelp())
    .option('--unlisted', 'refuse to list online users')
    .option('--store <kind>', 'sqlite, or memory to keep nothing after the end (default: sqlite)')
    .option('--hold-days <n>', 'days for which letters are held for an offline user (default: 30)')
    .option('--hold-bytes <n>', 'bytes of letters held for one user (default: 10 MiB)')
    .option('--disk-reserve <n>', 'bytes of the disk that stay free; below that, writes are refused (default: 256 MiB)')
    .option('--database-bytes <n>', 'largest size of the database; above that, writes are refused (default: 10 GiB)')
    .option(
      '--requests-per-minute <n>',
      'requests accepted from one network per minute, 0 for no limit (default: 6000)',
    )
    .option('--trust-proxy', 'trust X-Forwarded-For; only behind a proxy that adds it')
    .option(
      '--public-origin <url>',
      'an address at which clients reach this server through a proxy or a name, like https://kith.example; may be repeated',
      gatherValues,
    )
    .option('--tls-cert <file>', 'serve HTTPS with this certificate (PEM)')
    .option('--tls-key <file>', 'private key of the certificate (PEM)')
    .option('--hsts', 'tell browsers to use HTTPS only for this host, for a year')
    .option('--metrics-port <port>', 'serve Prometheus metrics at http://127.0.0.1:PORT/metrics')
    .option('--until-empty', 'stop after the last client has disconnected');
  addChannelFlags(command)
    .exitOverride()
    .addHelpText('after', EXAMPLE)
    .action((flags: Flags) => start(flags));
}

/** For an option that may be repeated. */
function gatherValues(value: string, before: string[] = []): string[] {
  return [...before, value];
}

function addChannelFlags(command: Command): Command {
  return command
    .option('--no-channels', 'turn channels off')
    .option('--doors <doors>', 'transports for channel clients: ws, tcp or ws,tcp (default: ws)')
    .option('--tcp-port <port>', 'port for lines over TCP, 0 for any (default: 12346)')
    .option(
      '--peer <place>',
      'link with the server at host:port, or host:port#key with its key or fingerprint; may be repeated',
      gatherValues,
    )
    .option('--peer-port <port>', 'port where other servers reach this one, 0 for any (default: only dial)')
    .option('--peer-host <host>', 'name or address told to other servers (default: address of the first network card)')
    .option('--no-discovery', 'link only with the servers you name');
}

function addPeerCommand(nameserver: Command, line: string): void {
  const [word = '', ...rest] = line.split(/ {2,}/);
  const [name = '', ...places] = word.split(' ');
  // The port may also follow the host after a colon.
  const usage = places.map((place) => (place === '<port>' ? '[port]' : place)).join(' ');
  nameserver
    .command(`${name} ${usage}`.trim())
    .description(rest.join(' '))
    .option('--data <dir>', 'data directory of the running server (default: data/nameserver)')
    .exitOverride()
    .addHelpText('after', PEER_EXAMPLE)
    .action((...given: unknown[]) => {
      const words = given.filter((each) => typeof each === 'string');
      const flags = given.find((each) => typeof each === 'object' && each !== null) as Flags;
      return runPeerCommand([name, ...words], flags);
    });
}

/** Sends a peer command to the running server and prints its answer. */
async function runPeerCommand(words: readonly string[], flags: Flags): Promise<void> {
  const [{ parsePeerCommand }, { dataDirectory }, { askRunningServer }] = await Promise.all([
    import('./peers/peer-command.js'),
    import('./config.js'),
    import('./peers/control-socket.js'),
  ]);
  const command = parsePeerCommand(words);
  if (command === null) return endWith(EXIT.usage, PEER_HELP.join('\n'));
  const data = String(flags['data'] ?? dataDirectory(process.env));
  const { ok, lines } = await askRunningServer(data, command);
  if (!ok) return endWith(EXIT.refused, lines.join('\n'));
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function start(flags: Flags): Promise<void> {
  const { readConfig } = await import('./config.js');
  const config = readConfig(flags, process.env);
  if ('problems' in config) return endWith(EXIT.usage, config.problems.join('\n'));
  await run(config);
}

/** The end of its terminal ends a server. Without one, SIGHUP is the request of a service manager to reload. */
const isAtTerminal = process.stdin.isTTY;

/** Loads the web framework only here, so that `--help` answers at once. */
async function run(config: NameServerConfig): Promise<void> {
  const [{ startNameServer }, { databaseError }, { openLog }] = await Promise.all([
    import('./server.js'),
    import('./store/data-files.js'),
    import('../runtime/log.js'),
  ]);
  const log = await openLog('nameserver', 'info');
  const dependencies: ServerDependencies = {
    log,
    onFault: (error) => {
      log.error({ err: error }, 'the name server stops after a fault');
      endWith(EXIT.usage, databaseError(config.data, error));
    },
    onIdle: () => stop(),
  };
  const server = await startNameServer(config, dependencies);
  let running = Promise.resolve(server);
  const stop = (): void => {
    log.info('stopping');
    running
      .then((last) => last.stop())
      .then(
        () => process.exit(EXIT.ok),
        (error: unknown) => endWith(EXIT.usage, error),
      );
  };
  endOnSignals(stop, log);
  watchSetBack((follow) => {
    log.warn('the clock of the system was set back: the name server restarts, and clients connect again');
    running = running.then((last) => startAnew({ last, config, follow }, dependencies));
    running.catch((error: unknown) => endWith(EXIT.bind, error));
  });
  printAddresses(server, config);
  if (!process.stdin.isTTY || !isInForeground()) return;
  const run: PeerAdministration['run'] = async (command) => (await running).channelHost.peerAdministration.run(command);
  await openPromptLate({ run }, stop);
}

function endOnSignals(stop: () => void, log: Log): void {
  process.once('SIGINT', stop).once('SIGTERM', stop);
  process.on('SIGHUP', () => (isAtTerminal ? stop() : log.info('SIGHUP: the name server goes on with its settings')));
}

interface Restart {
  readonly last: RunningNameServer;
  readonly config: NameServerConfig;
  readonly follow: () => void;
}

/** On the same ports, from the store, as after a crash. */
async function startAnew(
  { last, config, follow }: Restart,
  dependencies: ServerDependencies,
): Promise<RunningNameServer> {
  const { startNameServer } = await import('./server.js');
  const { port } = last;
  await last.stop();
  follow();
  return startNameServer({ ...config, port }, dependencies);
}

/** Programs parse the first line, so it MUST stay. The others are for the operator. */
function printAddresses(
  { port, channelHost: { channels }, hasPage, metricsPort }: RunningNameServer,
  { host, tls }: NameServerConfig,
): void {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  say(`Name server listening on ${endpointText({ host, port })}`);
  if (channels?.listensAt) say(`Peers reach it at ${endpointText(channels.listensAt)}`);
  const tcpPort = channels?.tcpPort ?? null;
  if (tcpPort !== null) say(`Lines of channels at ${endpointText({ host, port: tcpPort })}`);
  if (metricsPort !== null) say(`Metrics at http://127.0.0.1:${metricsPort}/metrics`);
  if (hasPage) say(`Open ${browserAddress({ host, port }, tls ? 'https' : 'http')} in a browser`);
}

async function openPromptLate(administration: Pick<PeerAdministration, 'run'>, stop: () => void): Promise<void> {
  const { openPrompt } = await import('./peers/prompt.js');
  openPrompt({ administration, input: process.stdin, output: process.stdout, stop });
}

async function main(): Promise<void> {
  endOnFault();
  try {
    await program().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    endWith(error instanceof BindError ? EXIT.bind : EXIT.usage, error);
  }
}

await main();
