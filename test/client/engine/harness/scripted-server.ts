// A client whose name server is the test itself: every frame and answer is written by hand, and time is a number.

import assert from 'node:assert/strict';
import { parseJson } from '../../../../protocols/kit/bytes.js';
import { LIMITS } from '../../../../protocols/kit/limits.js';
import type { RefusalCode } from '../../../../protocols/kit/refusals.js';
import type { Effect, Question, QuestionAnswer } from '../../../../client/engine/core/io.js';
import type { SecretKey } from '../../../../protocols/kit/primitives.js';
import { objectId, signObject } from '../../../../protocols/kit/signed.js';
import type { ServerProof } from '../../../../protocols/kit/server-proof/messages.js';
import type { ServerFrame, SessionProof } from '../../../../protocols/session/messages.js';
import { fakeKey, fakePrimitives } from '../../../sim/kernel/fake-primitives.js';
import { Client, type ClientHost } from './test-client.js';

/** The key that a server proves in its challenge. */
export const SERVER = fakeKey('server');

const CHALLENGE = fakeKey('challenge').publicKey;

export class ScriptedServer implements ClientHost {
  now = 1_700_000_000_000;
  readonly alice = new Client('alice', this);
  private effects: Effect[] = [];

  perform(_: Client, effect: Effect): void {
    this.effects.push(effect);
  }

  /** The newest effect of a kind. */
  last<Kind extends Effect['type']>(kind: Kind): Extract<Effect, { type: Kind }> {
    const found = this.effects.findLast((effect): effect is Extract<Effect, { type: Kind }> => effect.type === kind);
    assert.ok(found, `nothing of kind ${kind}`);
    return found;
  }

  count(kind: Effect['type']): number {
    return this.effects.filter((effect) => effect.type === kind).length;
  }

  answer(answer: QuestionAnswer): void {
    this.alice.give({ type: 'answered', ref: this.last('ask').ref, answer });
  }

  say(frame: unknown): void {
    this.alice.give({ type: 'session_frame', session: this.last('session_open').session, frame });
  }

  pass(ms: number): void {
    const end = this.now + ms;
    for (let at = this.alice.wakeAt(); at !== null && at <= end; at = this.alice.wakeAt()) {
      this.now = Math.max(this.now, Math.ceil(at));
      this.alice.give({ type: 'wake' });
    }
    this.now = end;
  }

  /** The last question for a registration. */
  private get registered(): Extract<Question, { type: 'register' }> {
    const asked = this.effects.flatMap((effect) => (effect.type === 'ask' ? [effect.question] : []));
    const found = asked.findLast((question) => question.type === 'register');
    assert.ok(found);
    return found;
  }

  /** Up to where the server's greeting begins. The client registers if it has to. */
  connect(acceptServer = false): number | undefined {
    const asked = this.count('ask');
    const [ref] = this.alice.command({ type: 'online', acceptServer });
    if (this.count('ask') > asked) this.answer({ type: 'registered', isNew: true });
    this.open();
    return ref;
  }

  /** The connection that the client asked for last stands. */
  open(): void {
    this.alice.give({ type: 'session_opened', session: this.last('session_open').session, exporter: null });
  }

  goOnline(server = SERVER): void {
    this.connect();
    this.challenge(server);
    this.welcome();
  }

  /** Answers the hello. `signer`: another key than the stated one, for a server that cannot prove it. */
  challenge(
    server = SERVER,
    { signer = server, ...changes }: Partial<ServerProof> & { signer?: SecretKey } = {},
  ): void {
    const { nonce, origin } = this.last('session_open').hello;
    const offer = { server: server.publicKey, origin, nonce, challenge: CHALLENGE, exporter: null, ...changes };
    const proof = signObject('session_offer', offer, signer, fakePrimitives);
    this.say({ type: 'challenge', server: server.publicKey, proof });
  }

  /**
   * Says RESTORED, with a proof whose counter is higher than the client's by `ahead`: at 0 the client's own. Null: no
   * proof. `signer`: whose key signs, if not the device of alice.
   */
  restored(ahead: number | null, signer?: string): void {
    const { frame } = this.last('session_send');
    assert.ok(frame.type === 'session');
    const claim = parseJson(frame.proof.payload) as SessionProof;
    const key = signer === undefined ? this.alice.me.device : fakeKey(signer);
    const changed = { ...claim, boot: claim.boot + (ahead ?? 0) };
    const proof = ahead === null ? {} : { proof: signObject('session', changed, key, fakePrimitives) };
    this.say({ type: 'refused', code: 'RESTORED', about: 'alice', ...proof });
  }

  /** `changes`: to what the server says of our record and keys. */
  welcome(changes: Partial<Extract<ServerFrame, { type: 'welcome' }>> = {}): void {
    const { record } = this.registered;
    const held = {
      record: objectId('record', record.payload, fakePrimitives),
      letterKey: 0,
      oneTimeKeys: 0,
      at: this.now,
    };
    this.say({ type: 'welcome', address: '', pingMs: 15_000, heldMs: LIMITS.heldMs, ...held, ...changes });
  }

  code(ref: number | undefined): RefusalCode | 'success' | 'no answer' {
    const answer = this.alice.answer(ref);
    if (!answer) return 'no answer';
    return answer.ok ? 'success' : answer.refusal.code;
  }

  connection(): string[] {
    return this.alice.told('connection').map(({ state }) => state);
  }
}
