#!/usr/bin/env node
// The program `nameserver`: reads flags, runs a name server, stops it on SIGINT, SIGTERM and SIGHUP.

import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../protocols/kit/version.js';
import { endOnFault, endWith, EXIT } from '../runtime/exit.js';
import { endpointText } from '../runtime/net/endpoint.js';
import { troubleWith } from '../runtime/trouble.js';
import { BindTrouble } from './bind-trouble.js';
import { readConfig, type Flags, type NameServerConfig } from './config.js';

const EXAMPLE = '\nExample:\n  nameserver start --port 12345 --data data/nameserver\n';

function program(): Command {
  const nameserver = new Command('nameserver')
    .description('Knows who exists and who is online; everything else goes between people.')
    .version(VERSION)
    .exitOverride()
    .addHelpText('after', EXAMPLE);
  nameserver
    .command('start')
    .description('run the name server until it is told to stop')
    .option('--host <host>', 'address to listen at (default: 0.0.0.0)')
    .option('--port <port>', 'port to listen at, 0 for any (default: 12345)')
    .option('--data <dir>', 'directory of its data (default: data/nameserver)')
    .option('--invite-code <code>', 'ask whoever is new for this code')
    .option('--unlisted', 'do not list who is online')
    .option('--store <kind>', 'sqlite, or memory to forget everything at the end (default: sqlite)')
    .option('--hold-days <n>', 'how long letters wait for who is away (default: 30)')
    .option('--hold-bytes <n>', 'how much waits for one user (default: 10 MiB)')
    .option('--requests-per-minute <n>', 'from one address, 0 for no bound (default: 6000)')
    .option('--trust-proxy', 'believe X-Forwarded-For of a proxy in front')
    .option('--until-empty', 'stop when the last client has left')
    .exitOverride()
    .addHelpText('after', EXAMPLE)
    .action((flags: Flags) => start(flags));
  return nameserver;
}

async function start(flags: Flags): Promise<void> {
  const config = readConfig(flags, process.env);
  if ('problems' in config) return endWith(EXIT.usage, config.problems.join('\n'));
  await run(config);
}

/** Loaded late: asking for help does not have to wait for a web framework. */
async function run(config: NameServerConfig): Promise<void> {
  const [{ startNameServer }, { openLog }] = await Promise.all([import('./server.js'), import('../runtime/log.js')]);
  const log = await openLog('nameserver', 'info');
  const server = await startNameServer(config, {
    log,
    onFault: (error) => {
      log.error({ err: error }, 'the name server stops');
      endWith(EXIT.usage, troubleWith(config.data, error));
    },
    onEmpty: () => stop(),
  });
  const stop = (): void => {
    log.info('stopping');
    server.stop().then(
      () => process.exit(EXIT.ok),
      (error: unknown) => endWith(EXIT.usage, error),
    );
  };
  process.once('SIGINT', stop).once('SIGTERM', stop).once('SIGHUP', stop);
  process.stdout.write(`Name server listening on ${endpointText({ host: config.host, port: server.port })}\n`);
}

async function main(): Promise<void> {
  endOnFault();
  try {
    await program().parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
    endWith(error instanceof BindTrouble ? EXIT.bind : EXIT.usage, error);
  }
}

await main();
