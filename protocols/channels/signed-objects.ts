// The objects that channel clients sign (SPEC.md): cards, entries, channel messages and direct messages.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText, Time } from '../kit/shapes.js';
import { ExporterText, OriginText } from '../kit/server-proof/messages.js';

/** The `info` of HPKE. With it, a direct message does not open as a letter, nor a letter as a direct message. */
export const DIRECT_MESSAGE_INFO = 'kith/direct/1';

/** Signed as `card` by `key`: the identity of a participant. `exchange`: the key that direct messages are sealed for. */
export const Card = exactly({ key: KeyText, exchange: KeyText, name: NameText });
export type Card = Static<typeof Card>;
export const cardShape = compileShape(Card);

/**
 * Signed as `entry` by the key of the card. It repeats what the server has signed in its offer, so it is invalid
 * anywhere else. `life`: the random id of the client session; `counter` numbers the messages of a client session.
 */
export const EntryProof = exactly({
  server: KeyText,
  origin: OriginText,
  challenge: KeyText,
  exporter: ExporterText,
  key: KeyText,
  life: IdText,
});
export type EntryProof = Static<typeof EntryProof>;
export const entryProofShape = compileShape(EntryProof);

/** The signer, and the position of the message in the client session. */
const SENDER_FIELDS = {
  key: KeyText,
  exchange: KeyText,
  name: NameText,
  life: IdText,
  counter: Count,
  at: Time,
};

/** Signed as `channel_message` by `key`. `text` has at most 16 KiB of UTF-8 (CHAN-3). */
export const ChannelMessage = exactly({
  ...SENDER_FIELDS,
  channel: NameText,
  text: Type.String({ minLength: 1, maxLength: LIMITS.messageTextBytes }),
});
export type ChannelMessage = Static<typeof ChannelMessage>;
export const channelMessageShape = compileShape(ChannelMessage);

/** Signed as `direct` by `key`. `sealed`: a DirectContent for the key `to`, sealed by HPKE with DIRECT_MESSAGE_INFO. */
export const DirectMessage = exactly({
  ...SENDER_FIELDS,
  to: KeyText,
  sealed: Type.String({
    minLength: 1,
    maxLength: Math.ceil((LIMITS.directMessageBytes * 4) / 3),
    pattern: '^[A-Za-z0-9_-]+$',
  }),
});
export type DirectMessage = Static<typeof DirectMessage>;
export const directMessageShape = compileShape(DirectMessage);

/**
 * The content of `sealed`. `from` and `to` repeat the keys outside, so that no one can send another's sealed text as
 * their own. `heard` confirms the text with the same `id` end to end.
 */
export const DirectContent = Type.Union([
  exactly({
    kind: Type.Literal('text'),
    from: KeyText,
    to: KeyText,
    id: IdText,
    text: Type.String({ minLength: 1, maxLength: LIMITS.messageTextBytes }),
  }),
  exactly({ kind: Type.Literal('heard'), from: KeyText, to: KeyText, id: IdText }),
]);
export type DirectContent = Static<typeof DirectContent>;
export const directContentShape = compileShape(DirectContent);
