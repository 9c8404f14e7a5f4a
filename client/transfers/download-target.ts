// Says why a download cannot go to the path that the user typed.

import { Refusal } from '../../protocols/kit/refusals.js';
import { explainError } from '../../runtime/operational-error.js';
import { judgeTarget, type Incoming, type TargetRefusal } from '../../runtime/transfer/target.js';

/** Null if the download may go there. */
export async function refuseTarget(to: string, force: boolean, incoming: Incoming | null): Promise<Refusal | null> {
  try {
    const refusal = await judgeTarget(to, force, incoming);
    return refusal && targetRefusal(refusal, to);
  } catch (error) {
    return new Refusal('FILE_TROUBLE', explainError(error, to));
  }
}

export function targetRefusal(refusal: TargetRefusal, to: string): Refusal {
  return new Refusal(refusal === 'exists' ? 'FILE_EXISTS' : 'TARGET_NO_FILE', to);
}
