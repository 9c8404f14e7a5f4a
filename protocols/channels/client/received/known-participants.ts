// The participants seen so far, each with its last verified card or message. The table is bounded; the oldest entry
// is forgotten first.

import { parseJson } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import { isName } from '../../../kit/names.js';
import type { Signed } from '../../../kit/signed.js';
import { cardShape, type Card } from '../../signed-objects.js';
import type { ChannelClientContext } from '../client-context.js';
import type { Participant } from '../io.js';

interface Known {
  readonly participant: Participant;
  /** The signed card; null if a message proved the identity. */
  readonly proof: Signed | null;
}

export class KnownParticipants {
  private readonly known = new Map<string, Known>();

  constructor(private readonly context: ChannelClientContext) {}

  get(key: string): Participant | null {
    return this.known.get(key)?.participant ?? null;
  }

  all(): Participant[] {
    return [...this.known.values()].map(({ participant }) => participant);
  }

  /** The participant of a card, or null if the signature is false (VISIT-1). A known card is not verified again. */
  read(signed: Signed, then: (participant: Participant | null) => void): void {
    const card = parseJson(signed.payload);
    if (!cardShape.accepts(card) || !isName(card.name)) return then(null);
    const proof = this.known.get(card.key)?.proof;
    if (proof?.payload === signed.payload && proof.signature === signed.signature) return then(card);
    this.context.verify('card', signed, card.key, (isValid) => then(isValid ? card : null));
  }

  /** Stores a verified participant. `proof`: the card, if there is one. */
  remember({ key, exchange, name }: Card, proof: Signed | null): Participant {
    const had = this.known.get(key);
    const isSameCard = had?.participant.exchange === exchange && had.participant.name === name;
    this.known.delete(key);
    const participant = { key, exchange, name };
    this.known.set(key, { participant, proof: proof ?? (isSameCard ? had.proof : null) });
    if (this.known.size > LIMITS.channelClientCardsKept) this.forgetOne();
    return participant;
  }

  private forgetOne(): void {
    for (const key of this.known.keys()) {
      this.known.delete(key);
      return;
    }
  }
}
