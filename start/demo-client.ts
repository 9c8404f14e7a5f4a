// Somebody in the scripted conversation: a real client spoken to in JSON lines.

import { parseJson } from '../protocols/kit/bytes.js';
import { LineProcess } from './line-process.js';
import { CLIENT } from './programs.js';
import type { DemoParticipant } from './demo-script.js';

/** A line of a client's `--json`; only the fields named here are looked at. */
interface Heard {
  readonly type?: unknown;
  readonly ok?: unknown;
  readonly error?: { readonly code?: unknown; readonly message?: unknown };
  readonly [field: string]: unknown;
}

export class DemoClient implements DemoParticipant {
  private readonly client: LineProcess;

  /** `server`: host and port; `data`: the actor's own directory. */
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

  /** Gives a command and waits for its result. One at a time: results come in order. */
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

  /** Leaves as a person does. */
  async exit(): Promise<void> {
    this.client.send('exit');
    const code = await this.client.ended;
    if (code !== 0) throw new Error(`${this.name} ended with ${code ?? 'a signal'} instead of 0`);
  }

  kill(): Promise<void> {
    return this.client.kill();
  }
}

function parse(line: string): Heard {
  const value = parseJson(line);
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
