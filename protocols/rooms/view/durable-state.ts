// The state that survives a restart [VIEW-2]: the boot, the last decision, and the promise and acceptance of the next
// one. Everything else is lost with the process.

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

/** `cluster`: hash of the configuration that the state belongs to. */
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

/** Null if the text is damaged. Of another cluster's state only the boot is kept, so that it is not reused. */
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

/** Raises the boot. The clock keeps boots unique even if the state was lost. */
export function nextBoot(memory: DurableState, unixSeconds: number): DurableState {
  return { ...memory, boot: Math.max(memory.boot + 1, unixSeconds) };
}
