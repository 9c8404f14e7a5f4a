// A host for tests: streams that record, a clock that stands still until a test moves it.

import process from 'node:process';
import { PassThrough, Writable } from 'node:stream';
import type { AlarmClock, Host } from '../../../../client/cli/host.js';
import { VirtualScreen } from './virtual-screen.js';

export class FakeClock implements AlarmClock {
  private readonly alarms = new Set<{ at: number; ring: () => void }>();

  constructor(private time = Date.parse('2026-11-20T12:00:00.000Z')) {}

  now(): number {
    return this.time;
  }

  wake(at: number, ring: () => void): () => void {
    const alarm = { at, ring };
    this.alarms.add(alarm);
    return () => this.alarms.delete(alarm);
  }

  get pending(): number {
    return this.alarms.size;
  }

  pass(ms: number): void {
    this.time += ms;
    for (const alarm of [...this.alarms].filter(({ at }) => at <= this.time)) {
      this.alarms.delete(alarm);
      alarm.ring();
    }
  }
}

/** A stream that keeps what was written since the last `take`. */
class Recorder extends Writable {
  private text = '';

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('utf8');
    done();
  }

  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}

/** Lets everything happen that needs no time: promises, streams, immediates. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

class Interrupts {
  private readonly listeners: (() => void)[] = [];

  readonly add = (listener: () => void): void => void this.listeners.push(listener);

  /** Ctrl+Z: what to do once the program goes on. */
  readonly suspend = (resumed: () => void): void => void (this.resume = resumed);
  resume: () => void = () => undefined;

  private readonly exits: (() => void)[] = [];
  readonly addExit = (listener: () => void): void => void this.exits.push(listener);

  exit(): void {
    for (const listener of this.exits) listener();
  }

  ring(): void {
    for (const listener of this.listeners) listener();
  }
}

const DEFAULTS = { zone: 'UTC', hasColours: false, hasCursor: true, passphrase: undefined };

interface HostControls {
  readonly clock: FakeClock;
  readonly input: PassThrough;
  interrupt(): void;
  /** The process ends, for example by SIGTERM. */
  end(): void;
  /** Everything printed since the last call, errors last. */
  printed(): string;
}

export interface PipeHost extends Host, HostControls {
  readonly clock: FakeClock;
  readonly input: PassThrough;
  readonly output: Recorder;
  readonly errors: Recorder;
}

export interface TerminalHost extends Host, HostControls {
  readonly clock: FakeClock;
  readonly input: Keyboard;
  readonly screen: VirtualScreen;
  /** The runner lets it go on after Ctrl+Z. */
  goOn(): void;
  /** Presses keys and lets happen what they do. */
  type(keys: string): Promise<void>;
}

/** A host without a terminal: whatever is written to `input` is what a pipe brings. */
export function pipeHost(): PipeHost {
  const [input, output, errors] = [new PassThrough(), new Recorder(), new Recorder()];
  const [clock, interrupts] = [new FakeClock(), new Interrupts()];
  const surroundings = {
    ...DEFAULTS,
    clock,
    onInterrupt: interrupts.add,
    onExit: interrupts.addExit,
    suspend: interrupts.suspend,
  };
  const host = { ...surroundings, input, output, errors } satisfies Host;
  return {
    ...host,
    interrupt: () => interrupts.ring(),
    end: () => interrupts.exit(),
    printed: () => output.take() + errors.take(),
  };
}

process.env['TERM'] = 'xterm-256color'; // readline itself asks for it

class Keyboard extends PassThrough {
  readonly isTTY = true;
  isRaw = false;

  setRawMode(isRaw: boolean): this {
    this.isRaw = isRaw;
    return this;
  }
}

interface FakeTerminalOptions extends Partial<Pick<Host, 'hasColours' | 'hasCursor'>> {
  readonly columns?: number;
  readonly rows?: number;
}

/** A host with a terminal of a size: `input` takes keys, `screen` shows what a person would see. */
export function terminalHost({ columns = 60, rows = 24, ...surroundings }: FakeTerminalOptions = {}): TerminalHost {
  const [input, screen, errors] = [new Keyboard(), new VirtualScreen(columns, rows), new Recorder()];
  const [clock, interrupts] = [new FakeClock(), new Interrupts()];
  const shared = {
    ...DEFAULTS,
    input,
    output: screen,
    errors,
    clock,
    onInterrupt: interrupts.add,
    onExit: interrupts.addExit,
    suspend: interrupts.suspend,
    ...surroundings,
  };
  const type = async (keys: string): Promise<void> => {
    input.write(keys);
    await settled();
  };
  const signals = { interrupt: () => interrupts.ring(), end: () => interrupts.exit(), goOn: () => interrupts.resume() };
  return { ...shared, ...signals, screen, type, printed: () => screen.take() };
}
