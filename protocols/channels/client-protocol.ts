// The frames between a channel client and a server (SPEC.md): one JSON object in each WebSocket message or TCP line.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';
import { ChallengeFrame, HelloFrame } from '../kit/server-proof/messages.js';

/** The version of the frames below. A client with another version is refused. */
export const CHANNEL_VERSION = 2;

/** Client to server. */
export const ChannelClientFrame = Type.Union([
  HelloFrame,
  /** `card`: a signed Card; `entry`: a signed EntryProof that answers the challenge. */
  exactly({ type: Type.Literal('enter'), card: Signed, entry: Signed }),
  exactly({ type: Type.Literal('join'), channel: NameText }),
  exactly({ type: Type.Literal('part'), channel: NameText }),
  /** `said`: a signed ChannelMessage or DirectMessage, depending on `kind`. */
  exactly({ type: Type.Literal('say'), kind: Type.Enum(['channel', 'direct']), said: Signed }),
  exactly({ type: Type.Literal('pong') }),
]);
export type ChannelClientFrame = Static<typeof ChannelClientFrame>;
export const channelClientFrameShape = compileShape(ChannelClientFrame);

const Whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/**
 * The members of a channel. `here`: signed Cards of the first `channelCardsMax` members on this server; `count`: all on
 * this server; `elsewhere`: all on other servers, as those reported last.
 */
const Presence = {
  channel: NameText,
  here: Type.Array(Signed, { maxItems: LIMITS.channelCardsMax }),
  count: Whole,
  elsewhere: Whole,
};

/** Server to client. */
export const ChannelServerFrame = Type.Union([
  ChallengeFrame,
  /** The entry is valid. `pingMs`: how often the server pings. A client reconnects after twice as long. */
  exactly({ type: Type.Literal('welcome'), pingMs: Count }),
  /** The client has joined. Also the answer to joining again. */
  exactly({ type: Type.Literal('joined'), ...Presence }),
  exactly({ type: Type.Literal('parted'), channel: NameText }),
  /** A member joined or left on this server. Not sent in large channels (CHAN-9). */
  exactly({ type: Type.Literal('came'), channel: NameText, card: Signed }),
  exactly({ type: Type.Literal('left'), channel: NameText, key: KeyText }),
  exactly({ type: Type.Literal('counts'), channel: NameText, count: Whole, elsewhere: Whole }),
  /** A message in a joined channel, including the client's own; or a direct message to the client's key. */
  exactly({ type: Type.Literal('heard'), kind: Type.Enum(['channel', 'direct']), said: Signed }),
  /** The server has accepted the message with this counter and published it (CHAN-6, CHAN-7). */
  exactly({ type: Type.Literal('taken'), life: IdText, counter: Count }),
  /** `about`: the subject; of a refused join or part the channel. `counter`: the counter of a refused message. */
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
