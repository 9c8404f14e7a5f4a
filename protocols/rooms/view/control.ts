// The talk about views, as JSON in the control stream: shapes, and their way to bytes and back.

import { Type, type Static } from '../../kit/packages/typebox.js';
import { parseJson, textOf, utf8 } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { compileShape, exactly } from '../../kit/shapes.js';
import { messagesOf, messageTexts } from '../order/message.js';
import type { Decision } from './decision.js';

const Whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Word = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 });
const Index = Type.Integer({ minimum: 0, maximum: LIMITS.roomServersMax - 1 });
const Numbers = Type.Array(Whole, { maxItems: LIMITS.roomServersMax });
const Texts = Type.Array(Type.String());
export const BallotShape = exactly({ round: Whole, by: Index });
const Position = exactly({ generation: Whole, count: Whole });
export const DecisionText = exactly({
  view: Word,
  boots: Type.Array(Word, { maxItems: LIMITS.roomServersMax }),
  builtBy: BallotShape,
  cut: Numbers,
  tail: Texts,
  isFresh: Type.Boolean(),
});
const Try = { instance: Word, ballot: BallotShape };
const Guest = exactly({
  server: Index,
  client: Word,
  room: Type.Integer({ minimum: 1, maximum: 65_535 }),
  nick: Type.String(),
});
const Origin = exactly({ server: Index, boot: Word, nth: Whole });

const Control = Type.Union([
  exactly({ type: Type.Literal('prepare'), ...Try }),
  exactly({
    type: Type.Literal('promise'),
    ...Try,
    accepted: Type.Union([Type.Null(), exactly({ ballot: BallotShape, decision: DecisionText })]),
    report: Type.Union([Type.Null(), exactly({ received: Numbers, messages: Texts })]),
    hasLost: Type.Boolean(),
    position: Position,
    alive: Word,
  }),
  exactly({ type: Type.Literal('rejected'), ...Try }),
  exactly({ type: Type.Literal('propose'), ...Try, decision: DecisionText }),
  exactly({ type: Type.Literal('accepted'), ...Try }),
  exactly({ type: Type.Literal('decided'), decision: DecisionText }),
  exactly({
    type: Type.Literal('snapshot'),
    ...Try,
    last: exactly({ time: Whole, from: Type.Integer({ minimum: -1, maximum: LIMITS.roomServersMax - 1 }) }),
    position: Position,
    origins: Type.Array(Origin, { maxItems: LIMITS.roomServersMax }),
    guests: Type.Array(Guest, { maxItems: LIMITS.roomServersMax * LIMITS.roomClientsMax }),
    missed: Texts,
  }),
  exactly({ type: Type.Literal('snapshotted'), ...Try }),
]);

/**
 * `prepare` asks for a promise; `promise` gives it, with what its giver knows; `rejected`: another ballot was promised;
 * `propose` and `accepted` are the second round; `snapshot` gives a joiner the state, `snapshotted` says it is there.
 */
export type Control = Static<typeof Control>;
export type ControlOf<T extends Control['type']> = Extract<Control, { type: T }>;
export type DecisionText = Static<typeof DecisionText>;

const shape = compileShape(Control);

export function encodeControl(control: Control): Uint8Array {
  return utf8(JSON.stringify(control));
}

/** Null where the bytes are no control message. */
export function decodeControl(bytes: Uint8Array): Control | null {
  const text = textOf(bytes);
  const value = text === null ? undefined : parseJson(text);
  return shape.accepts(value) ? value : null;
}

export function decisionText(decision: Decision): DecisionText {
  return { ...decision, boots: [...decision.boots], cut: [...decision.cut], tail: messageTexts(decision.tail) };
}

/** Null where it makes no sense for a set of that size. */
export function decisionOf(text: DecisionText, size: number): Decision | null {
  const tail = messagesOf(text.tail);
  const fits = text.boots.length === size && text.cut.length === size;
  if (!tail || !fits || tail.some(({ from }) => from >= size)) return null;
  return { ...text, tail };
}
