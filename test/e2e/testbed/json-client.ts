// A client process controlled by JSON lines (docs/contract.md, `--json`): one result for each command, in order, and
// events at any time.

import { CLIENT } from '../../../start/programs.js';
import type { ClientEvent, EventName } from '../../../protocols/control/event.js';
import type { Ready } from '../../../protocols/control/client-api.js';
import { parseJson } from '../../../protocols/kit/bytes.js';
import { ReceivedQueue } from './received-queue.js';
import { RunningProgram, type ExitStatus } from './running-program.js';

/** Either `data` or `error` is present, as in docs/contract.md. */
export interface Result {
  readonly command: string;
  readonly ok: boolean;
  readonly data?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

type EventLine<E extends EventName> = Extract<ClientEvent, { event: E }>;

type Line = ({ type: 'ready' } & Ready) | ({ type: 'result' } & Result) | ({ type: 'event' } & ClientEvent);

interface PendingLine {
  readonly line: string;
  readonly resolve: (result: Result) => void;
  readonly reject: (why: Error) => void;
}

export interface JsonClientOptions {
  readonly server: string;
  readonly user: string;
  readonly data: string;
  readonly flags?: readonly string[];
}

const BOUND_MS = 20_000;

export class JsonClient {
  readonly ready: Promise<Ready>;
  readonly program: RunningProgram;
  private readonly pending: PendingLine[] = [];
  private readonly events: ReceivedQueue<ClientEvent>;
  private readonly readyLines: ReceivedQueue<Ready>;
  private over: string | null = null;
  private hasRefused = false;

  constructor(readonly options: JsonClientOptions) {
    const { server, user, data, flags = [] } = options;
    const args = [server, '--user', user, '--data', data, '--host', '127.0.0.1', '--json', ...flags];
    const onLine = (line: string): void => this.hear(line);
    this.program = new RunningProgram({ name: user, command: CLIENT, args, onLine });
    this.events = new ReceivedQueue(user, () => this.program.latest());
    this.readyLines = new ReceivedQueue(user, () => this.program.latest());
    this.ready = this.readyLines.take('the ready line', () => true, BOUND_MS);
    this.ready.catch(() => undefined); // awaited by tests that need it
    void this.program.ended.then(({ code, signal }) => this.end(`it ended (${code ?? signal})`));
  }

  get user(): string {
    return this.options.user;
  }

  /** Sends a command and gives its result, success or refusal. Rejects if the client exits without a result. */
  tell(line: string): Promise<Result> {
    if (this.over !== null) return Promise.reject(this.unanswered(line, this.over));
    const result = new Promise<Result>((resolve, reject) => this.pending.push({ line, resolve, reject }));
    this.program.write(`${line}\n`);
    return result;
  }

  /** Sends a command that must succeed; gives its data. */
  async does<Data = unknown>(line: string): Promise<Data> {
    const { ok, data, error } = await this.tell(line);
    if (!ok) throw new Error(`${this.user}: ${line}: ${error?.code} ${error?.message}`);
    return data as Data;
  }

  /** Sends a command that must be refused; gives the code. */
  async refused(line: string): Promise<string> {
    const { ok, error } = await this.tell(line);
    if (ok || !error) throw new Error(`${this.user}: ${line} was not refused`);
    return error.code;
  }

  /** Waits for the next event of that name with these fields; each event is taken once. */
  async hears<E extends EventName>(event: E, fields: Fields = {}, boundMs = BOUND_MS): Promise<EventLine<E>> {
    const wanted = Object.entries({ event, ...fields });
    const isWanted = (line: ClientEvent): boolean => {
      const given = new Map<string, unknown>(Object.entries(line));
      return wanted.every(([field, value]) => given.get(field) === value);
    };
    return (await this.events.take(JSON.stringify({ event, ...fields }), isWanted, boundMs)) as EventLine<E>;
  }

  /**
   * Exits by the command `exit`. Rejects if the exit code differs from docs/contract.md: 3 if a command was refused,
   * else 0.
   */
  async leaves(): Promise<void> {
    await this.does('exit');
    const { code, signal } = await this.program.ended;
    if (code !== (this.hasRefused ? 3 : 0))
      throw new Error(`${this.user} ended with ${code ?? signal}:\n${this.program.latest()}`);
  }

  kill(): Promise<ExitStatus> {
    return this.program.kill();
  }

  private hear(text: string): void {
    const line = parseJson(text) as Line | undefined;
    if (line?.type === 'ready') this.readyLines.put(line);
    else if (line?.type === 'event') this.events.put(line);
    else if (line?.type === 'result' && line.command === this.pending[0]?.line) this.settle(line);
    else this.end(`a line out of turn: ${text}`);
  }

  private settle(result: Result): void {
    this.hasRefused ||= !result.ok;
    this.pending.shift()?.resolve(result);
  }

  private end(why: string): void {
    this.over = why;
    this.events.end(why);
    this.readyLines.end(why);
    for (const { line, reject } of this.pending.splice(0)) reject(this.unanswered(line, why));
  }

  private unanswered(line: string, why: string): Error {
    return new Error(`${this.user}: no result of "${line}": ${why}. Last output:\n${this.program.latest()}`);
  }
}

/** Fields of an event and their expected values. */
export type Fields = Readonly<Record<string, string>>;
