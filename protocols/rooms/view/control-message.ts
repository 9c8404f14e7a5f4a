// Control messages about views: JSON records of the control stream, their shapes and encoding.

import { Type, type Static } from '../../kit/packages/typebox.js';
import { parseJson, textOf, utf8 } from '../../kit/bytes.js';
import { LIMITS } from '../../kit/limits.js';
import { compileShape, exactly } from '../../kit/shapes.js';
import { decodeMessages, encodeMessages } from '../order/message.js';
import type { ViewDecision } from './view-decision.js';

const WholeNumber = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Uint32 = Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1 });
const Index = Type.Integer({ minimum: 0, maximum: LIMITS.roomServersMax - 1 });
const Numbers = Type.Array(WholeNumber, { maxItems: LIMITS.roomServersMax });
const Texts = Type.Array(Type.String());
export const BallotShape = exactly({ round: WholeNumber, by: Index });
const PositionShape = exactly({ generation: WholeNumber, count: WholeNumber });
export const WireDecision = exactly({
  view: Uint32,
  boots: Type.Array(Uint32, { maxItems: LIMITS.roomServersMax }),
  builtBy: BallotShape,
  cut: Numbers,
  tail: Texts,
  isFresh: Type.Boolean(),
});
const BallotFields = { instance: Uint32, ballot: BallotShape };
const OccupantShape = exactly({
  server: Index,
  client: Uint32,
  room: Type.Integer({ minimum: 1, maximum: 65_535 }),
  nick: Type.String(),
});
const SenderShape = exactly({ server: Index, boot: Uint32, nth: WholeNumber });

const ControlMessage = Type.Union([
  exactly({ type: Type.Literal('prepare'), ...BallotFields }),
  exactly({
    type: Type.Literal('promise'),
    ...BallotFields,
    accepted: Type.Union([Type.Null(), exactly({ ballot: BallotShape, decision: WireDecision })]),
    report: Type.Union([Type.Null(), exactly({ received: Numbers, messages: Texts })]),
    hasLost: Type.Boolean(),
    position: PositionShape,
    alive: Uint32,
  }),
  exactly({ type: Type.Literal('rejected'), ...BallotFields }),
  exactly({ type: Type.Literal('propose'), ...BallotFields, decision: WireDecision }),
  exactly({ type: Type.Literal('accepted'), ...BallotFields }),
  exactly({ type: Type.Literal('decided'), decision: WireDecision }),
  exactly({
    type: Type.Literal('snapshot'),
    ...BallotFields,
    last: exactly({ time: WholeNumber, from: Type.Integer({ minimum: -1, maximum: LIMITS.roomServersMax - 1 }) }),
    position: PositionShape,
    origins: Type.Array(SenderShape, { maxItems: LIMITS.roomServersMax }),
    guests: Type.Array(OccupantShape, { maxItems: LIMITS.roomServersMax * LIMITS.roomClientsMax }),
    missed: Texts,
  }),
  exactly({ type: Type.Literal('snapshotted'), ...BallotFields }),
]);

/**
 * `prepare`, `promise` and `rejected` are phase 1 of Paxos; the promise carries the state report. `propose` and
 * `accepted` are phase 2. `snapshot` transfers the state to a joining server, `snapshotted` confirms it.
 */
export type ControlMessage = Static<typeof ControlMessage>;
export type ControlOf<T extends ControlMessage['type']> = Extract<ControlMessage, { type: T }>;
export type WireDecision = Static<typeof WireDecision>;

const shape = compileShape(ControlMessage);

export function encodeControl(control: ControlMessage): Uint8Array {
  return utf8(JSON.stringify(control));
}

/** Null if the bytes are not a valid control message. */
export function decodeControl(bytes: Uint8Array): ControlMessage | null {
  const text = textOf(bytes);
  const value = text === null ? undefined : parseJson(text);
  return shape.accepts(value) ? value : null;
}

export function encodeDecision(decision: ViewDecision): WireDecision {
  return { ...decision, boots: [...decision.boots], cut: [...decision.cut], tail: encodeMessages(decision.tail) };
}

/** Null if it does not fit a set of that size. */
export function decodeDecision(text: WireDecision, size: number): ViewDecision | null {
  const tail = decodeMessages(text.tail);
  const fits = text.boots.length === size && text.cut.length === size;
  if (!tail || !fits || tail.some(({ from }) => from >= size)) return null;
  return { ...text, tail };
}
