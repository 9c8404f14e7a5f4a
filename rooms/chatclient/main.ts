#!/usr/bin/env node
// The program `chatclient`: sends typed lines to a room server and prints its answers, sanitized.

import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { VERSION } from '../../protocols/kit/version.js';
import { parseAddress } from '../../protocols/rooms/config-file.js';
import { endOnFault, endWith, EXIT, onBrokenOutput } from '../../runtime/process/exit.js';

const program = new Command('chatclient')
  .description('A command-line client for room servers.')
  .argument('<host:port>', 'address of a room server')
  .version(VERSION)
  .addHelpText('after', '\nExample:\n  chatclient 127.0.0.1:5001')
  .configureOutput({
    outputError: (text, write) => write(`${text.replace(/^error: /, 'chatclient: ').trim()}. See: chatclient --help\n`),
  })
  .exitOverride();

async function main(): Promise<void> {
  program.parse();
  const address = parseAddress(program.args[0] ?? '');
  if (typeof address === 'string') return endWith(EXIT.bind, `chatclient: ${address}`);
  const { runChatClient } = await import('./run.js');
  onBrokenOutput((code) => process.exit(code));
  process.exit(await runChatClient(address, process));
}

endOnFault();
await main().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.ok : EXIT.usage);
  endWith(EXIT.bind, error);
});
