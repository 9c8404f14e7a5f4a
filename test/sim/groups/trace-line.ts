// What happened to one member of a simulated group, as a line for a person: formatted only when somebody looks.

import type { GroupEffect, GroupInput } from '../../../protocols/groups/member/member-io.js';
import { START_TIME } from '../kernel/timeline.js';

/** What one member was given, and what it wanted done. */
export interface TraceRecord {
  readonly at: number;
  readonly user: string;
  readonly input: GroupInput;
  readonly effects: readonly GroupEffect[];
}

export function traceLine({ at, user, input, effects }: TraceRecord): string {
  const brief = (_: string, value: unknown) =>
    typeof value === 'string' && value.length > 40 ? `${value.slice(0, 24)}…` : value;
  const seconds = ((at - START_TIME) / 1_000).toFixed(2).padStart(8);
  const [given, done] = [JSON.stringify(input, brief).slice(0, 300), JSON.stringify(effects, brief).slice(0, 400)];
  return `${seconds} ${user.padEnd(6)} ${given} -> ${done}`;
}
