// A terminal on a fake client, with the greeting done and the commands of the greeting forgotten.

import { runCli } from '../../../../client/cli/run-cli.js';
import { FakeClient, READY } from './fake-client.js';
import { settled, terminalHost, type TerminalHost } from './fake-host.js';

export interface OpenTerminal {
  readonly client: FakeClient;
  readonly host: TerminalHost;
  /** The last rows of the screen. */
  readonly last: (count: number) => string[];
}

/** `conversation`: one with bob is open. */
export async function openTerminal({ conversation = false } = {}): Promise<OpenTerminal> {
  const [client, host] = [new FakeClient(), terminalHost({ columns: 100 })];
  void runCli({ api: client, ready: READY }, { json: false, plain: false, lines: [] }, host);
  await settled();
  if (conversation) await host.type('connect bob\r');
  client.commands.length = 0;
  return { client, host, last: (count) => host.screen.shown().slice(-count) };
}
