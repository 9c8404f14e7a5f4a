// A leader who works with the liar: its client believes in a user who does not exist, and adds that user to a group.
// The letters of this user are answered here, without a name server.

import { parseJson, toBase64url } from '../../../../protocols/kit/bytes.js';
import type { Instant, Machine } from '../../../../protocols/kit/machine.js';
import type { LetterKey } from '../../../../protocols/letters/letter-key.js';
import type { Effect, Input } from '../../../../client/engine/core/io.js';
import type { Random } from '../../kernel/random.js';
import { Persona } from '../persona.js';

type SessionSend = Extract<Effect, { type: 'session_send' }>;
type LetterFrame = Extract<SessionSend['frame'], { type: 'letter' }>;

/** The name of the user who does not exist. */
export const MADE_UP = 'dave';

export const madeUpMember = (): Persona => new Persona(MADE_UP, 'the accomplice');

export interface MadeUpMemberOptions {
  /** The identity key of the leader. */
  readonly identity: string;
  readonly random: Random;
  /** The made-up user asks to be let in. */
  readonly onJoin: () => void;
}

export class MadeUpMember implements Machine<Input, Effect> {
  private readonly member = madeUpMember();
  private letterKey: LetterKey | null = null;

  constructor(
    private readonly leader: Machine<Input, Effect>,
    private readonly options: MadeUpMemberOptions,
  ) {}

  handle(input: Input, now: Instant): Effect[] {
    return this.leader.handle(input, now).flatMap((effect) => this.performed(effect, now));
  }

  wakeAt(): Instant | null {
    return this.leader.wakeAt();
  }

  private performed(effect: Effect, now: Instant): Effect[] {
    if (effect.type !== 'session_send') return [effect];
    const { session, frame } = effect;
    if (frame.type === 'offer_key') this.letterKey = parseJson(frame.key.payload) as LetterKey;
    if (frame.type !== 'key_wanted' && frame.type !== 'letter') return [effect];
    if (!this.member.has(frame.device)) return [effect];
    const answers =
      frame.type === 'letter'
        ? this.answersTo(frame, now)
        : [{ type: 'key', id: frame.id, key: this.member.letterKey }];
    return answers.flatMap((answer) => this.handle({ type: 'session_frame', session, frame: answer }, now));
  }

  private answersTo({ id, body }: LetterFrame, now: Instant): object[] {
    const { member, letterKey } = this;
    const accepted = { type: 'accepted', id, how: 'held' };
    const plain = member.answerTo(body, now);
    if (plain === null || !letterKey) return [accepted];
    this.options.onJoin();
    const { identity, random } = this.options;
    const reader = { device: letterKey.device, identity, key: letterKey.key };
    const delivery = { type: 'deliver', id: toBase64url(random.bytes(16)), from: MADE_UP, at: now };
    return [accepted, { ...delivery, body: member.seal(reader, plain) }];
  }
}
