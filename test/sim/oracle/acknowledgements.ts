// Finds the acknowledgements that leave a client, in link frames and in letters before they are sealed.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { ackFrameShape, receiptLetterShape } from '../../../protocols/chat/messages.js';
import { letterShape } from '../../../protocols/letters/messages.js';
import type { Effect } from '../../../client/engine/core/io.js';

/** Ids of the messages that an effect acknowledges. */
export function acknowledgedBy(effect: Effect): readonly string[] {
  if (effect.type === 'link_send') return ackFrameShape.accepts(effect.frame) ? effect.frame.ids : [];
  // The text is checked first: most letters are not receipts, and parsing each would slow the run.
  if (effect.type !== 'seal' || !effect.plain.includes('receipt')) return [];
  const letter = parseJson((parseJson(effect.plain) as { payload: string }).payload);
  if (!letterShape.accepts(letter) || letter.kind !== 'receipt') return [];
  return receiptLetterShape.accepts(letter.body) ? letter.body.ids : [];
}
