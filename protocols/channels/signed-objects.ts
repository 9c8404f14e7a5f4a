// What visitors of channels sign (SPEC.md): who they are, that they enter, what they say aloud, and what they whisper.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText, Time } from '../kit/shapes.js';

/** The `info` of HPKE: a whisper does not open as a letter, nor a letter as a whisper. */
export const DIRECT_MESSAGE_INFO = 'kith/direct/1';

/** Signed as `card` by `key`: who somebody is here, and where whispers to them are sealed to. */
export const Card = exactly({ key: KeyText, exchange: KeyText, name: NameText });
export type Card = Static<typeof Card>;
export const cardShape = compileShape(Card);

/**
 * Signed as `entry` by the card's key: bound to this server and this challenge, so that no other server can replay it.
 * `life`: chosen anew, by chance, for each run of a visitor's program; `counter`s count within it.
 */
export const EntryProof = exactly({ server: KeyText, challenge: KeyText, key: KeyText, life: IdText });
export type EntryProof = Static<typeof EntryProof>;
export const entryProofShape = compileShape(EntryProof);

/** Who signed, and the place of what they signed among all they say in this life. */
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

/** Signed as `direct` by `key`. `sealed`: a `Whisper` for the key `to`, HPKE as letters are, with `WHISPER_INFO`. */
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
 * Inside `sealed`. `from` and `to` repeat the keys outside: nobody can send what another sealed as their own. `heard`
 * answers a text end to end: its `id` is that of the text.
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
