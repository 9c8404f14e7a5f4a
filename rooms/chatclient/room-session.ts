// One session with a room server: asks for a code until the server answers, and keeps the trouble that is to be told.

import { textOf, utf8 } from '../../protocols/kit/bytes.js';
import { LIMITS } from '../../protocols/kit/limits.js';
import { Refusal, refusalText } from '../../protocols/kit/refusals.js';
import { EXIT, type ExitCode } from '../../runtime/process/exit.js';

/** The server gives a code; returning it shows that this client receives [ROOM-14]. Chat never starts with `+OK`. */
const CODE_GIVEN = /^\+OK (?:Send|To receive every line, send): \/confirm (\S+)$/;
const CONFIRMED = '+OK You receive every line now';

export interface RoomSessionOptions {
  /** The server, as it was typed. */
  readonly server: string;
  readonly send: (bytes: Uint8Array) => void;
  readonly show: (bytes: Uint8Array) => void;
  /** One line about trouble. */
  readonly tell: (line: string) => void;
  /** Nothing listens there, and nothing ever has: the session is of no use. */
  readonly onDead: () => void;
}

export class RoomSession {
  private isHeard = false;
  private isLineRefused = false;
  private trouble: string | null = null;

  constructor(private readonly options: RoomSessionOptions) {}

  get hasAnswer(): boolean {
    return this.isHeard;
  }

  /** 2 if the server does not answer, 3 if a line was refused here. */
  get exitCode(): ExitCode {
    if (this.trouble !== null) return EXIT.bind;
    return this.isLineRefused ? EXIT.refused : EXIT.ok;
  }

  /** Asks for the code. It may get lost, so it is asked for again until the server answers. */
  ask(): void {
    if (!this.isHeard) this.options.send(utf8('/confirm'));
  }

  sendLine(line: string): void {
    const bytes = utf8(line);
    if (bytes.length <= LIMITS.roomTextBytes) return this.options.send(bytes);
    this.isLineRefused = true;
    const refusal = new Refusal('ROOM_LINE_TOO_LONG', String(LIMITS.roomTextBytes));
    this.options.tell(`Not sent: ${refusalText(refusal)}.`);
  }

  receive(bytes: Uint8Array): void {
    this.isHeard = true;
    this.trouble = null;
    const line = (textOf(bytes) ?? '').replace(/\n$/, '');
    const [, code] = CODE_GIVEN.exec(line) ?? [];
    if (code !== undefined) this.options.send(utf8(`/confirm ${code}`));
    else if (line !== CONFIRMED) this.options.show(bytes);
  }

  /** Told once, until the server answers again. */
  failed(why: string): void {
    if (this.trouble !== null) return;
    this.trouble = why;
    this.options.tell(why);
    if (!this.isHeard) this.options.onDead();
  }

  /** The time for the first answer is over. */
  missed(): void {
    if (!this.isHeard)
      this.failed(`${this.options.server}: no answer came. Check the address, and that chatserver runs.`);
  }
}
