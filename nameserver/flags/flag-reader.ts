// Reads command line flags and collects every problem, so that the program can report all of them at once.

/** Flags as typed, under commander's names. A repeatable flag has a list of values. */
export type Flags = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface NumberRange {
  readonly least: number;
  readonly most: number;
}

export class FlagReader {
  /** Each is one line for the operator. */
  readonly problems: string[] = [];

  constructor(private readonly flags: Flags) {}

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
    if (typeof value === 'string' && value !== '') return value;
    this.problems.push(`--${dashed(name)} needs a value.`);
    return otherwise;
  }

  whole(name: string, otherwise: number, range: NumberRange): number {
    const typed = String(this.flags[name] ?? otherwise);
    const value = /^\d+$/.test(typed) ? Number(typed) : NaN;
    if (value >= range.least && value <= range.most) return value;
    const { least, most } = range;
    this.problems.push(`--${dashed(name)} must be a whole number from ${least} to ${most}, not "${typed}".`);
    return otherwise;
  }

  /** All values of a repeatable flag. */
  all(name: string): readonly string[] {
    const value = this.flags[name] ?? [];
    return Array.isArray(value) ? (value as readonly string[]) : [String(value)];
  }
}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
