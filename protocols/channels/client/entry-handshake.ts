// The entry to a server: lets the server prove its key for this connection first, then proves ours (CHAN-1, VISIT-8).

import { toBase64url } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { Refusal, type Outcome } from '../../kit/refusals.js';
import { readOffer, type ClientConnection } from '../../kit/server-proof/server-proof.js';
import type { ChallengeFrame, HelloFrame, ServerProof } from '../../kit/server-proof/messages.js';
import { CHANNEL_VERSION, type ChannelClientFrame } from '../client-protocol.js';
import type { EntryProof } from '../signed-objects.js';
import type { ChannelClientContext } from './client-context.js';

type EnterFrame = Extract<ChannelClientFrame, { type: 'enter' }>;

export class EntryHandshake {
  private connection: ClientConnection | null = null;

  constructor(private readonly context: ChannelClientContext) {}

  /** The first frame on a connection. It proves nothing about us. */
  hello(exporter: ClientConnection['exporter']): HelloFrame {
    const { random, origin } = this.context.options;
    const nonce = toBase64url(random.bytes(LIMITS.sessionChallengeBytes));
    this.connection = { nonce, origin, exporter };
    return { type: 'hello', version: CHANNEL_VERSION, nonce, origin };
  }

  /** `then` receives the entry, or the refusal if the server does not prove the key that we expect. */
  answer(frame: ChallengeFrame, then: (outcome: Outcome<EnterFrame>) => void): void {
    const { address, serverKey } = this.context.options;
    const unproven = new Refusal('SERVER_UNPROVEN', address);
    const offer = this.connection && readOffer(frame, this.connection);
    this.connection = null; // an offer is answered once
    if (offer === null) return then(unproven);
    this.context.verify('channel_offer', frame.proof, offer.server, (isValid) => {
      if (!isValid) return then(unproven);
      const expected = serverKey();
      if (expected !== null && expected !== offer.server) return then(new Refusal('SERVER_CHANGED', address));
      this.prove(offer, then);
    });
  }

  private prove({ server, origin, challenge, exporter }: ServerProof, then: (frame: EnterFrame) => void): void {
    const { me, options } = this.context;
    const bound = { server, origin, challenge, exporter };
    const entry: EntryProof = { ...bound, key: me.key, life: options.clientSession };
    this.context.sign('card', me, (card) => {
      this.context.sign('entry', entry, (signed) => then({ type: 'enter', card, entry: signed }));
    });
  }
}
