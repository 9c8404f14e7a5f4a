// A participant of the demo: a real client in a process of its own, controlled by JSON lines.

import { parseJson } from '../protocols/kit/bytes.js';
import { LineProcess } from './line-process.js';
import { CLIENT } from './programs.js';
import type { DemoParticipant } from './demo-script.js';

/** A line of a client's `--json` output; other fields are ignored. */
interface ClientLine {
  readonly type?: unknown;
  readonly ok?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
  readonly [field: string]: unknown;
}

export class DemoClient implements DemoParticipant {
  private readonly client: LineProcess;

  /** `server`: host and port. `data`: the directory of this client. */
  constructor(
    readonly name: string,
    server: string,
    data: string,
  ) {
    const args = [server, '--user', name, '--data', data, '--host', '127.0.0.1', '--json'];
    this.client = new LineProcess(name, CLIENT, args);
  }

  async ready(): Promise<void> {
    await this.client.line((line) => parse(line).type === 'ready');
  }

  /** Runs a command and waits for its result. One at a time, because results come in order. */
  async run(command: string): Promise<void> {
    this.client.send(command);
    const result = parse(await this.client.line((line) => parse(line).type === 'result'));
    if (result.ok !== true) throw new Error(`${this.name}: ${command}: ${String(result.error?.message)}`);
  }

  /** Waits for an event with these fields. */
  async waitForEvent(event: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const wanted = Object.entries({ type: 'event', event, ...fields });
    await this.client.line((line) => wanted.every(([field, value]) => parse(line)[field] === value));
  }

  /** Ends the client by its `exit` command. */
  async exit(): Promise<void> {
    this.client.send('exit');
    const code = await this.client.ended;
    if (code !== 0) throw new Error(`${this.name} ended with ${code ?? 'a signal'} instead of 0`);
  }

  kill(): Promise<void> {
    return this.client.kill();
  }
}

function parse(line: string): ClientLine {
  const value = parseJson(line);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
