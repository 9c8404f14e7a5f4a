// Marks: how far one side has the messages of the other, each with a proof by the side that it is about (SPEC CHAT-24).

import { Type, type Static } from '../packages/typebox.js';
import { exactly, Count, IdText } from '../shapes.js';

/** The tag by which an author recognizes a message or an acknowledgement as its own (`own-proofs.ts`). */
export const OwnProof = IdText;

/** A message of the reader that the sender of the mark has stored. */
export const MessageMark = exactly({ seq: Count, id: IdText, proof: OwnProof });
export type MessageMark = Static<typeof MessageMark>;

/** The reader has acknowledged the sender's messages up to this seq. */
export const HeardMark = exactly({ seq: Count, proof: OwnProof });
export type HeardMark = Static<typeof HeardMark>;

/** Null: the sender has nothing of that kind. */
export const Seen = Type.Union([MessageMark, Type.Null()]);
export const Heard = Type.Union([HeardMark, Type.Null()]);
