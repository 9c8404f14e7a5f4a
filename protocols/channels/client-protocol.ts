// Frames between a visitor and a server's door (SPEC.md): one JSON object a WebSocket message, or one a line over TCP.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';

/** Visitor to server. */
export const ChannelClientFrame = Type.Union([
  /** `card`: a signed Card; `entry`: a signed Entry that answers the challenge. */
  exactly({ type: Type.Literal('enter'), card: Signed, entry: Signed }),
  exactly({ type: Type.Literal('join'), channel: NameText }),
  exactly({ type: Type.Literal('part'), channel: NameText }),
  /** `said`: a signed ChannelMessage or Direct, as `kind` says. */
  exactly({ type: Type.Literal('say'), kind: Type.Enum(['channel', 'direct']), said: Signed }),
  exactly({ type: Type.Literal('pong') }),
]);
export type ChannelClientFrame = Static<typeof ChannelClientFrame>;
export const channelClientFrameShape = compileShape(ChannelClientFrame);

const Whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/**
 * Who is in a channel. `here`: signed Cards of the first `channelCardsMax` that joined on this server; `count`: all on
 * this server; `elsewhere`: how many on others, as they said last.
 */
const Presence = {
  channel: NameText,
  here: Type.Array(Signed, { maxItems: LIMITS.channelCardsMax }),
  count: Whole,
  elsewhere: Whole,
};

/** Server to visitor. */
export const ChannelServerFrame = Type.Union([
  exactly({ type: Type.Literal('challenge'), challenge: KeyText, server: KeyText }),
  /** The entry holds. `pingMs`: how often the server pings; who hears nothing for twice as long has lost it. */
  exactly({ type: Type.Literal('welcome'), pingMs: Count }),
  /** We are in. Also the answer to a join of where we are already. */
  exactly({ type: Type.Literal('joined'), ...Presence }),
  exactly({ type: Type.Literal('parted'), channel: NameText }),
  /** Somebody came into or left a channel we are in, on this server. Nothing of it where it is large (CHAN-9). */
  exactly({ type: Type.Literal('came'), channel: NameText, card: Signed }),
  exactly({ type: Type.Literal('left'), channel: NameText, key: KeyText }),
  exactly({ type: Type.Literal('counts'), channel: NameText, count: Whole, elsewhere: Whole }),
  /** Something said in a channel we are in, ours too; or a direct message to our key. */
  exactly({ type: Type.Literal('heard'), kind: Type.Enum(['channel', 'direct']), said: Signed }),
  /** What we said with this counter in this life is on its way; said again, it is not sent again. */
  exactly({ type: Type.Literal('taken'), life: IdText, counter: Count }),
  /** `about`: what the refusal is about; of a join or part the channel. `counter`: of what was said and refused. */
  exactly({
    type: Type.Literal('error'),
    code: Type.String({ maxLength: 64 }),
    about: Type.String({ maxLength: 256 }),
    counter: Type.Optional(Count),
  }),
  exactly({ type: Type.Literal('ping') }),
]);
export type ChannelServerFrame = Static<typeof ChannelServerFrame>;
export const channelServerFrameShape = compileShape(ChannelServerFrame);
