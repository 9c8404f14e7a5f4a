// Verifies the entry of a client [CHAN-1] [CHAN-2]: one key signed the card and the answer to this server's offer.

import { parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { isName } from '../../../kit/names.js';
import type { Primitives } from '../../../kit/primitives.js';
import { Refusal, type Outcome } from '../../../kit/refusals.js';
import { openSigned, type Signed } from '../../../kit/signed.js';
import type { ServerProof } from '../../../kit/server-proof/messages.js';
import { cardShape, entryProofShape, type Card, type EntryProof } from '../../signed-objects.js';

/** What the server needs to verify an entry. */
export interface EntryContext {
  readonly offer: ServerProof;
  readonly primitives: Primitives;
  /** The device keys of the user registered under this name here; null if the name is not registered. */
  readonly ownersOf: (name: string) => readonly string[] | null;
}

/** An entry that was verified. `session`: the client session it begins. */
export interface VerifiedEntry {
  readonly card: Card;
  readonly signedCard: Signed;
  readonly session: string;
}

/** Makes cheap checks before it verifies signatures. */
export function verifyEntry(frame: { card: Signed; entry: Signed }, context: EntryContext): Outcome<VerifiedEntry> {
  const { offer, primitives, ownersOf } = context;
  const card = readCard(frame.card);
  if (card === null || frame.entry.payload.length > LIMITS.channelEntryFrameBytes)
    return new Refusal('MALFORMED', 'the card');
  if (!isName(card.name)) return new Refusal('NAME_INVALID', card.name);
  const key = card.key;
  const entry = openSigned('entry', frame.entry, { key, shape: entryProofShape, primitives });
  if (entry === null || !isForOffer(entry, offer) || entry.key !== key) return new Refusal('ENTRY_REFUSED', card.name);
  if (openSigned('card', frame.card, { key, shape: cardShape, primitives }) === null)
    return new Refusal('ENTRY_REFUSED', card.name);
  const owners = ownersOf(card.name);
  if (owners !== null && !owners.includes(key)) return new Refusal('CHANNEL_NAME_TAKEN', card.name);
  return { card, signedCard: frame.card, session: entry.life };
}

function isForOffer(entry: EntryProof, { server, origin, challenge, exporter }: ServerProof): boolean {
  return (
    entry.server === server && entry.origin === origin && entry.challenge === challenge && entry.exporter === exporter
  );
}

/** The card is not verified yet. */
function readCard({ payload }: Signed): Card | null {
  if (payload.length > LIMITS.channelEntryFrameBytes) return null;
  const card = parseJson(payload);
  return cardShape.accepts(card) ? card : null;
}
