// What members say to each other about a group, over links and in letters; and how somebody becomes a member.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, Count, exactly, IdText, NameText } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';
import { Have, Index, Place, Policy, Term } from './entry.js';

/** What ratified the entries after `from` up to `to` (SPEC GROUP-6). */
export const Proof = exactly({
  from: Index,
  to: Index,
  adopted: Type.Array(Signed, { maxItems: LIMITS.groupMembersMax }),
});
export type Proof = Static<typeof Proof>;

const Proofs = Type.Array(Proof, { maxItems: LIMITS.groupProofsMax });
const Records = Type.Array(Signed, { maxItems: LIMITS.groupMembersMax });
const Entries = Type.Array(Signed, { maxItems: LIMITS.groupEntriesPerFrame });
const MaybeSigned = Type.Union([Signed, Type.Null()]);

/**
 * Where I stand. `promised`: the highest term I know of or voted in. `adopted`: my newest. `orphans`: entries of mine
 * that a takeover left out. `isAnswer`: needs none.
 */
const Sync = exactly({
  says: Type.Literal('sync'),
  head: Place,
  ratified: Index,
  promised: Term,
  have: Have,
  here: MaybeSigned,
  adopted: MaybeSigned,
  orphans: Type.Array(Signed, { maxItems: LIMITS.groupOrphansMax }),
  isAnswer: Type.Boolean(),
});
export type Sync = Static<typeof Sync>;

/** Entries `from` and on; what ratified them; records of devices that are newer than the log. */
const Tell = exactly({
  says: Type.Literal('entries'),
  from: Index,
  entries: Entries,
  proofs: Proofs,
  records: Records,
});
const Messages = exactly({
  says: Type.Literal('messages'),
  messages: Type.Array(Signed, { maxItems: LIMITS.groupBatchMessages }),
  more: Type.Boolean(),
});
/** "Give me what I have not": `past` asks a newcomer's last N. */
const Want = exactly({ says: Type.Literal('want'), have: Have, past: Type.Boolean() });
const Acknowledge = exactly({ says: Type.Literal('have'), have: Have });
const Statement = exactly({
  says: Type.Literal('statement'),
  type: Type.Enum(['adopted', 'here', 'leave', 'transfer', 'vote'] as const),
  signed: Signed,
});
const Prove = exactly({ says: Type.Literal('proof'), proofs: Proofs });
const WantVote = exactly({ says: Type.Literal('vote_wanted'), term: Count, head: Place });
/** Two entries that exclude each other (SPEC GROUP-11, GROUP-12). */
const Fork = exactly({ says: Type.Literal('fork'), entries: Type.Tuple([Signed, Signed]) });

export const GroupWord = Type.Union([Sync, Tell, Messages, Want, Acknowledge, Statement, Prove, WantVote, Fork]);
export type GroupWord = Static<typeof GroupWord>;

/** A frame on a link. */
export const GroupFrame = exactly({ type: Type.Literal('group'), group: IdText, word: GroupWord });
export type GroupFrame = Static<typeof GroupFrame>;
export const groupFrameShape = compileShape(GroupFrame);

/** An invitation: what is stated in it is what a yes is a yes to. */
const Invitation = exactly({
  says: Type.Literal('invite'),
  name: NameText,
  public: Type.Boolean(),
  head: exactly({ index: Index, hash: IdText }),
  policy: Policy,
  members: Count,
});
/** A yes to an invitation, or the wish to join; to a leader or a deputy. */
const Wish = exactly({ says: Type.Literal('wish'), name: NameText, record: Signed, consent: Signed });
const No = exactly({ says: Type.Literal('no'), name: NameText });
/** What is left for a member who is away. */
const Parcel = exactly({ says: Type.Literal('parcel'), words: Type.Array(GroupWord, { maxItems: 8 }) });

/** The body of a letter of the kind `group`. */
export const GroupLetter = exactly({ group: IdText, word: Type.Union([Invitation, Wish, No, Parcel]) });
export type GroupLetter = Static<typeof GroupLetter>;
export const groupLetterShape = compileShape(GroupLetter);

/** What the name server is told of a public group: its entries after those it has (SPEC GROUP-36). */
export const Publication = exactly({
  from: Index,
  entries: Type.Array(Signed, { minItems: 1, maxItems: LIMITS.groupEntriesPerFrame }),
  proofs: Proofs,
  records: Records,
});
export type Publication = Static<typeof Publication>;
export const publicationShape = compileShape(Publication);
