// Recognises the acknowledgements that leave a client: by link at once, by letter when it is sealed.

import { parseJson } from '../../../protocols/kit/bytes.js';
import { ackFrameShape, receiptLetterShape } from '../../../protocols/chat/messages.js';
import { letterShape } from '../../../protocols/letters/messages.js';
import type { Effect } from '../../../client/engine/core/io.js';

/** Ids of the messages that an effect acknowledges. */
export function acknowledgedBy(effect: Effect): readonly string[] {
  if (effect.type === 'link_send') return ackFrameShape.accepts(effect.frame) ? effect.frame.ids : [];
  // A look at the text first: most letters are no receipts, and parsing each twice would slow the whole run.
  if (effect.type !== 'seal' || !effect.plain.includes('receipt')) return [];
  const letter = parseJson((parseJson(effect.plain) as { payload: string }).payload);
  if (!letterShape.accepts(letter) || letter.kind !== 'receipt') return [];
  return receiptLetterShape.accepts(letter.body) ? letter.body.ids : [];
}
