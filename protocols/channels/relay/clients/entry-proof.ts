// Whether an entry holds [CHAN-1] [CHAN-2]: a card and an answer to the challenge, signed by one key for this server.

import { parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { isName } from '../../../kit/names.js';
import type { Primitives } from '../../../kit/primitives.js';
import { Refusal, type Outcome } from '../../../kit/refusals.js';
import { openSigned, type Signed } from '../../../kit/signed.js';
import { cardShape, entryProofShape, type Card } from '../../signed-objects.js';

/** What the server knows when somebody wants to come in. */
export interface EntryContext {
  readonly server: string;
  readonly challenge: string;
  readonly primitives: Primitives;
  /** The device keys of the user of that name here; null: nobody has it. */
  readonly ownersOf: (name: string) => readonly string[] | null;
}

/** Somebody whose entry holds. */
export interface VerifiedEntry {
  readonly card: Card;
  readonly signedCard: Signed;
  readonly life: string;
}

/** Looks at what costs nothing first. */
export function verifyEntry(frame: { card: Signed; entry: Signed }, threshold: EntryContext): Outcome<VerifiedEntry> {
  const { server, challenge, primitives, ownersOf } = threshold;
  const card = readCard(frame.card);
  if (card === null || frame.entry.payload.length > LIMITS.channelEntryFrameBytes)
    return new Refusal('MALFORMED', 'the card');
  if (!isName(card.name)) return new Refusal('NAME_INVALID', card.name);
  const key = card.key;
  const entry = openSigned('entry', frame.entry, { key, shape: entryProofShape, primitives });
  if (entry === null || entry.server !== server || entry.challenge !== challenge || entry.key !== key)
    return new Refusal('ENTRY_REFUSED', card.name);
  if (openSigned('card', frame.card, { key, shape: cardShape, primitives }) === null)
    return new Refusal('ENTRY_REFUSED', card.name);
  const owners = ownersOf(card.name);
  if (owners !== null && !owners.includes(key)) return new Refusal('CHANNEL_NAME_TAKEN', card.name);
  return { card, signedCard: frame.card, life: entry.life };
}

/** Not believed yet. */
function readCard({ payload }: Signed): Card | null {
  if (payload.length > LIMITS.channelEntryFrameBytes) return null;
  const card = parseJson(payload);
  return cardShape.accepts(card) ? card : null;
}
