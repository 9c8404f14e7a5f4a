// What a server remembers over a restart [VIEW-2]: its boot, the last decision, and what it promised and accepted.
// Everything else may be lost with the process.

import { Type } from '../../kit/packages/typebox.js';
import { parseJson } from '../../kit/bytes.js';
import { compileShape, exactly } from '../../kit/shapes.js';
import type { AcceptedProposal } from './acceptor.js';
import { BallotShape, decodeDecision, encodeDecision, WireDecision } from './control-message.js';
import { NO_BALLOT, type Ballot, type ViewDecision } from './view-decision.js';

export interface DurableState {
  readonly boot: number;
  readonly decision: ViewDecision | null;
  readonly promised: Ballot;
  readonly accepted: AcceptedProposal | null;
}

const shape = compileShape(
  exactly({
    cluster: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
    boot: Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
    decision: Type.Union([Type.Null(), WireDecision]),
    promised: BallotShape,
    accepted: Type.Union([Type.Null(), exactly({ ballot: BallotShape, decision: WireDecision })]),
  }),
);

export const NO_DURABLE_STATE: DurableState = { boot: 0, decision: null, promised: NO_BALLOT, accepted: null };

/** `cluster`: of which configuration it is. */
export function encodeDurableState(memory: DurableState, cluster: number): string {
  const { boot, decision, promised, accepted } = memory;
  return JSON.stringify({
    cluster,
    boot,
    decision: decision && encodeDecision(decision),
    promised,
    accepted: accepted && { ballot: accepted.ballot, decision: encodeDecision(accepted.decision) },
  });
}

/** Null where the text is damaged. That of another cluster is no memory, but no boot comes twice. */
export function decodeDurableState(text: string, cluster: number, size: number): DurableState | null {
  const value = parseJson(text);
  if (!shape.accepts(value)) return null;
  if (value.cluster !== cluster) return { ...NO_DURABLE_STATE, boot: value.boot };
  const decision = value.decision && decodeDecision(value.decision, size);
  const accepted = value.accepted && decodeDecision(value.accepted.decision, size);
  if ((value.decision && !decision) || (value.accepted && !accepted)) return null;
  const { boot, promised } = value;
  return {
    boot,
    decision,
    promised,
    accepted: value.accepted && accepted && { ...value.accepted, decision: accepted },
  };
}

/** The next start: no boot comes twice, even where the memory was lost, as long as the clock is right. */
export function nextBoot(memory: DurableState, unixSeconds: number): DurableState {
  return { ...memory, boot: Math.max(memory.boot + 1, unixSeconds) };
}
