// Reads command line flags and collects every problem, so that a program reports all of them at once.

/** Flags as typed, under commander's names. A repeatable flag has a list of values. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface NumberRange {
  readonly least: number;
  readonly most: number;
}

/** `flag`: its name. `text`: one line for the user. */
export interface FlagProblem {
  readonly flag: string;
  readonly text: string;
}

/** The result of parsing one value. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

export class FlagReader {
  readonly problems: FlagProblem[] = [];

  /** `labels`: what problems call a value that is not typed as `--name`. */
  constructor(
    private readonly flags: Flags,
    private readonly labels: Readonly<Record<string, string>> = {},
  ) {}

  /** All problems, one line each. */
  get problemLines(): string[] {
    return this.problems.map(({ text }) => text);
  }

  report(flag: string, text: string): void {
    this.problems.push({ flag, text });
  }

  has(name: string): boolean {
    return this.flags[name] !== undefined;
  }

  isSet(name: string): boolean {
    return this.flags[name] === true;
  }

  /** True iff `--no-<name>` was typed. */
  isOff(name: string): boolean {
    return this.flags[name] === false;
  }

  text(name: string, otherwise: string): string {
    const value = this.flags[name] ?? otherwise;
    if (typeof value === 'string' && value.trim() !== '' && !value.includes('\0')) return value;
    this.report(name, `${this.labelOf(name)} needs a value.`);
    return otherwise;
  }

  whole(name: string, otherwise: number, { least, most }: NumberRange): number {
    const typed = String(this.flags[name] ?? otherwise);
    const value = /^\d+$/.test(typed) ? Number(typed) : NaN;
    if (value >= least && value <= most) return value;
    const shown = typed.slice(0, 20);
    this.report(name, `${this.labelOf(name)} must be a whole number from ${least} to ${most}, not "${shown}".`);
    return otherwise;
  }

  /** The value, or `otherwise` after a report of the problem. */
  parsed<T>(name: string, parsed: Parsed<T>, otherwise: T): T {
    if ('value' in parsed) return parsed.value;
    this.report(name, parsed.problem);
    return otherwise;
  }

  /** All values of a repeatable flag. */
  all(name: string): readonly string[] {
    const value = this.flags[name] ?? [];
    return Array.isArray(value) ? (value as readonly string[]) : [String(value)];
  }

  /** What the user typed for a flag. */
  labelOf(name: string): string {
    return this.labels[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  }
}
