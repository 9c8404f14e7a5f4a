// One input of a simulated member and its effects, as a readable line. Formatted only on request.

import type { GroupEffect, GroupInput } from '../../../protocols/groups/member/member-io.js';
import { START_TIME } from '../kernel/timeline.js';

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
  const [before, after] = [JSON.stringify(input, brief).slice(0, 300), JSON.stringify(effects, brief).slice(0, 400)];
  return `${seconds} ${user.padEnd(6)} ${before} -> ${after}`;
}
