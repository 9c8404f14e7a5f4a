// The cut of devices whose messages end (SPEC GROUP-23, GROUP-47): every stored message that is not hidden stays valid.

import { LIMITS } from '../../../kit/limits.js';
import type { Cut, VersionVector } from '../../entry.js';
import { peekMessage } from '../../group-message.js';
import type { MemberContext } from '../member-context.js';

/** `ends`: the last stored message number of each device. */
export function cutAt(context: MemberContext, ends: VersionVector): Cut {
  return ends.flatMap(({ device, seq }) => lastValid(context, device, seq) ?? []).slice(0, LIMITS.groupDevicesPerUser);
}

function lastValid({ store, intervals }: MemberContext, device: string, end: number): Cut[number] | null {
  for (let seq = end; seq > 0; seq -= 1) {
    const stored = store.messageAt(device, seq);
    const message = stored && stored.visibility !== 'hidden' ? peekMessage(stored.signed) : null;
    if (message) return { device, seq, epoch: intervals.epochIndex(message.epoch) ?? 0 };
  }
  return null;
}
