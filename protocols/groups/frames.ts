// What members say to each other about a group, over links and in letters; and how somebody becomes a member.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, Count, exactly, IdText, NameText } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';
import { VersionVector, Index, LogPosition, GroupPolicy, Term } from './entry.js';

/** What ratified the entries after `from` up to `to` (SPEC GROUP-6). */
export const RatificationProof = exactly({
  from: Index,
  to: Index,
  adopted: Type.Array(Signed, { maxItems: LIMITS.groupMembersMax }),
});
export type RatificationProof = Static<typeof RatificationProof>;

const Proofs = Type.Array(RatificationProof, { maxItems: LIMITS.groupProofsMax });
const Records = Type.Array(Signed, { maxItems: LIMITS.groupMembersMax });
const Entries = Type.Array(Signed, { maxItems: LIMITS.groupEntriesPerFrame });
const MaybeSigned = Type.Union([Signed, Type.Null()]);

/**
 * Where I stand. `promised`: the highest term I know of or voted in. `adopted`: my newest. `orphans`: entries of mine
 * that a takeover left out. `isAnswer`: needs none.
 */
const SyncBody = exactly({
  type: Type.Literal('sync'),
  head: LogPosition,
  ratified: Index,
  promised: Term,
  have: VersionVector,
  heartbeat: MaybeSigned,
  adopted: MaybeSigned,
  orphans: Type.Array(Signed, { maxItems: LIMITS.groupOrphansMax }),
  isAnswer: Type.Boolean(),
});
export type SyncBody = Static<typeof SyncBody>;

/** Entries `from` and on; what ratified them; records of devices that are newer than the log. */
const EntriesBody = exactly({
  type: Type.Literal('entries'),
  from: Index,
  entries: Entries,
  proofs: Proofs,
  records: Records,
});
const MessagesBody = exactly({
  type: Type.Literal('messages'),
  messages: Type.Array(Signed, { maxItems: LIMITS.groupBatchMessages }),
  more: Type.Boolean(),
});
/** "Give me what I have not": `past` asks a newcomer's last N. */
const MessageRequestBody = exactly({
  type: Type.Literal('message_request'),
  have: VersionVector,
  past: Type.Boolean(),
});
const AcknowledgementBody = exactly({ type: Type.Literal('acknowledgement'), have: VersionVector });
const StatementBody = exactly({
  type: Type.Literal('statement'),
  statement: Type.Enum(['adopted', 'heartbeat', 'leave', 'transfer', 'vote'] as const),
  signed: Signed,
});
const ProofsBody = exactly({ type: Type.Literal('proofs'), proofs: Proofs });
const VoteRequestBody = exactly({ type: Type.Literal('vote_request'), term: Count, head: LogPosition });
/** Two entries that exclude each other (SPEC GROUP-11, GROUP-12). */
const ForkBody = exactly({ type: Type.Literal('fork'), entries: Type.Tuple([Signed, Signed]) });

export const GroupFrameBody = Type.Union([
  SyncBody,
  EntriesBody,
  MessagesBody,
  MessageRequestBody,
  AcknowledgementBody,
  StatementBody,
  ProofsBody,
  VoteRequestBody,
  ForkBody,
]);
export type GroupFrameBody = Static<typeof GroupFrameBody>;

/** A frame on a link. */
export const GroupFrame = exactly({ type: Type.Literal('group'), group: IdText, body: GroupFrameBody });
export type GroupFrame = Static<typeof GroupFrame>;
export const groupFrameShape = compileShape(GroupFrame);

/** An invitation: what is stated in it is what a yes is a yes to. */
const Invitation = exactly({
  type: Type.Literal('invite'),
  name: NameText,
  public: Type.Boolean(),
  head: exactly({ index: Index, hash: IdText }),
  policy: GroupPolicy,
  members: Count,
});
/** A yes to an invitation, or the wish to join; to a leader or a deputy. */
const JoinRequest = exactly({ type: Type.Literal('join_request'), name: NameText, record: Signed, consent: Signed });
const Decline = exactly({ type: Type.Literal('decline'), name: NameText });
/** What is left for a member who is away. */
const Bundle = exactly({ type: Type.Literal('bundle'), bodies: Type.Array(GroupFrameBody, { maxItems: 8 }) });

/** The body of a letter of the kind `group`. */
export const GroupLetter = exactly({ group: IdText, body: Type.Union([Invitation, JoinRequest, Decline, Bundle]) });
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
