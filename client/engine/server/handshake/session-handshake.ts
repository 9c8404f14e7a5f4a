// Our side of the handshake with the name server (protocols/session): lets the server prove its pinned key first, then
// proves our device for the same connection.

import { toBase64url } from '../../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import { Refusal, type Outcome } from '../../../../protocols/kit/refusals.js';
import { openSigned, signObject, type Signed } from '../../../../protocols/kit/signed.js';
import { verifyServer, type ClientConnection } from '../../../../protocols/kit/server-proof/server-proof.js';
import { sessionHello, type SessionHello } from '../../../../protocols/session/hello.js';
import { sessionProofShape, type ClientFrame, type SessionProof } from '../../../../protocols/session/messages.js';
import type { ChallengeFrame, ServerProof } from '../../../../protocols/kit/server-proof/messages.js';
import type { Context } from '../../core/context.js';
import { SETTINGS } from '../../core/settings.js';

export class SessionHandshake {
  private connection: ClientConnection | null = null;
  private lastProof: { readonly boot: number; readonly payload: string } | null = null;
  /** The next key of the server is pinned, whatever was pinned before. */
  private acceptsNextKey = false;

  constructor(private readonly context: Context) {}

  /** The user accepts another key of the server, for one time. */
  acceptNextKey(isAccepted: boolean): void {
    this.acceptsNextKey = isAccepted;
  }

  /** The pinned key of the server. Null if there is none, or if the next key is accepted. */
  get expectedKey(): string | null {
    const { store, options } = this.context;
    return this.acceptsNextKey ? null : store.setting(SETTINGS.serverKey(options.server));
  }

  /** The beginning of a session. It proves nothing about us [SESS-22]. */
  hello(): SessionHello {
    const nonce = toBase64url(this.context.random.bytes(LIMITS.sessionChallengeBytes));
    const origin = this.context.options.server;
    this.connection = { nonce, origin, exporter: null };
    return sessionHello(nonce, origin);
  }

  /** The connection of the last hello stands. `exporter`: of its TLS connection. */
  opened(exporter: string | null): void {
    if (this.connection) this.connection = { ...this.connection, exporter };
  }

  /** The answer to the challenge; a refusal if the server does not prove the key that we know. */
  answer(frame: ChallengeFrame): Outcome<ClientFrame> {
    const { options, primitives } = this.context;
    const offer = this.connection && verifyServer(frame, this.connection, primitives);
    this.connection = null; // an offer is answered once
    if (offer === null) return new Refusal('SERVER_UNPROVEN', options.server);
    return this.trusts(offer.server) ? this.prove(offer) : new Refusal('SERVER_CHANGED', options.server);
  }

  private prove({ server, origin, challenge, exporter }: ServerProof): ClientFrame {
    const { me, store, primitives } = this.context;
    const bound = { server, origin, challenge, exporter };
    // Raised at every proof, not only at every start: an equal counter then always means a restored copy (SPEC
    // CHAT-18).
    const proof: SessionProof = { ...bound, name: me.name, device: me.device.publicKey, boot: store.raiseBoot() };
    const signed = signObject('session', proof, me.device, primitives);
    this.lastProof = { boot: proof.boot, payload: signed.payload };
    return { type: 'session', proof: signed };
  }

  /**
   * True where our device has signed this proof, and later than the data that we run on was copied [SESS-24]. Each
   * proof of this copy has a counter of its own, up to the last.
   */
  isOwnLater(signed: Signed): boolean {
    const { me, primitives } = this.context;
    const { publicKey: key } = me.device;
    const proof = openSigned('session', signed, { key, shape: sessionProofShape, primitives });
    const last = this.lastProof;
    return proof !== null && last !== null && proof.boot >= last.boot && signed.payload !== last.payload;
  }

  /** The server's key is pinned for its origin at the first use. */
  private trusts(server: string): boolean {
    const setting = SETTINGS.serverKey(this.context.options.server);
    const pinned = this.context.store.setting(setting);
    this.context.isServerDistrusted = pinned !== null && pinned !== server && !this.acceptsNextKey;
    if (this.context.isServerDistrusted) return false;
    if (pinned !== server) this.context.store.putSetting(setting, server);
    this.acceptsNextKey = false;
    return true;
  }
}
