// Whom we know: the last card or words of each key that were proved. Bounded; who was met longest ago is forgotten
// first.

import { parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { isName } from '../../../kit/names.js';
import type { Signed } from '../../../kit/signed.js';
import { cardShape, type Card } from '../../signed-objects.js';
import type { ChannelClientContext } from '../client-context.js';
import type { Participant } from '../io.js';

interface Known {
  readonly visitor: Participant;
  /** The card that proved it, as it was signed; null where words did. */
  readonly proof: Signed | null;
}

export class KnownParticipants {
  private readonly known = new Map<string, Known>();

  constructor(private readonly turn: ChannelClientContext) {}

  get(key: string): Participant | null {
    return this.known.get(key)?.visitor ?? null;
  }

  all(): Participant[] {
    return [...this.known.values()].map(({ visitor }) => visitor);
  }

  /** Who a signed card is of, or null where nobody signed it (VISIT-1). A card seen before is not verified again. */
  read(signed: Signed, then: (visitor: Participant | null) => void): void {
    const card = parseJson(signed.payload);
    if (!cardShape.accepts(card) || !isName(card.name)) return then(null);
    const proof = this.known.get(card.key)?.proof;
    if (proof?.payload === signed.payload && proof.signature === signed.signature) return then(card);
    this.turn.verify('card', signed, card.key, (holds) => then(holds ? card : null));
  }

  /** Somebody was met: `proof` is the card that says so. */
  met({ key, exchange, name }: Card, proof: Signed | null): Participant {
    const had = this.known.get(key);
    const isAsCard = had?.visitor.exchange === exchange && had.visitor.name === name;
    this.known.delete(key);
    const visitor = { key, exchange, name };
    this.known.set(key, { visitor, proof: proof ?? (isAsCard ? had.proof : null) });
    if (this.known.size > LIMITS.channelClientCardsKept) this.forgetOne();
    return visitor;
  }

  private forgetOne(): void {
    for (const key of this.known.keys()) {
      this.known.delete(key);
      return;
    }
  }
}
