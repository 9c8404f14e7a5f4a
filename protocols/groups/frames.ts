// The frames of a group on a link, the letters that carry the same bodies or an invitation, and the publication of a
// public group at the name server.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';
import { VersionVector, Index, LogPosition, GroupPolicy, Term } from './entry.js';

/** The `adopted` statements that ratify the entries after `from` up to `to` (SPEC GROUP-6). */
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
 * The state of the sender (SPEC GROUP-32). `promised`: the highest term that the sender knows of or voted in.
 * `heartbeat`: the newest of the leader. `adopted`: the newest statement of the sender. `orphans`: entries that the
 * sender had and a takeover replaced. `newerRecords`: records of members that are newer than the log. `isAnswer`: the
 * receiver sends no sync back.
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
  newerRecords: Type.Array(Signed, { maxItems: LIMITS.groupNewerRecordsMax }),
  isAnswer: Type.Boolean(),
});
export type SyncBody = Static<typeof SyncBody>;

/** Consecutive entries, the first at index `from`; proofs that ratify them; device records that the log lacks. */
const EntriesBody = exactly({
  type: Type.Literal('entries'),
  from: Index,
  entries: Entries,
  proofs: Proofs,
  records: Records,
});
/** `more`: the sender has further messages that the receiver lacks. */
const MessagesBody = exactly({
  type: Type.Literal('messages'),
  messages: Type.Array(Signed, { maxItems: LIMITS.groupBatchMessages }),
  more: Type.Boolean(),
});
/**
 * Asks for messages beyond `have`, except those of the devices `skip`. `past`: asks for the newest messages before the
 * membership of the sender.
 */
const MessageRequestBody = exactly({
  type: Type.Literal('message_request'),
  have: VersionVector,
  past: Type.Boolean(),
  skip: Type.Array(KeyText, { maxItems: LIMITS.groupDevicesMax }),
});
/** The sender has stored every message up to `have`. */
const AcknowledgementBody = exactly({ type: Type.Literal('acknowledgement'), have: VersionVector });
/** A signed statement of a member, passed on by any member. */
const StatementBody = exactly({
  type: Type.Literal('statement'),
  statement: Type.Enum(['adopted', 'heartbeat', 'leave', 'transfer', 'vote'] as const),
  signed: Signed,
});
const ProofsBody = exactly({ type: Type.Literal('proofs'), proofs: Proofs });
const VoteRequestBody = exactly({ type: Type.Literal('vote_request'), term: Count, head: LogPosition });
/** Two entries that contradict each other (SPEC GROUP-11, GROUP-12). */
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

/** The frame on a link. */
export const GroupFrame = exactly({ type: Type.Literal('group'), group: IdText, body: GroupFrameBody });
export type GroupFrame = Static<typeof GroupFrame>;
export const groupFrameShape = compileShape(GroupFrame);

/**
 * An invitation for the user with this identity key. A consent to it covers the name, visibility and policy that it
 * states.
 */
const Invitation = exactly({
  type: Type.Literal('invite'),
  key: KeyText,
  name: NameText,
  public: Type.Boolean(),
  head: exactly({ index: Index, hash: IdText }),
  policy: GroupPolicy,
  members: Count,
});
/** Accepts an invitation or asks to join. Sent to the leader or a deputy. */
const JoinRequest = exactly({ type: Type.Literal('join_request'), name: NameText, record: Signed, consent: Signed });
/** Declines an invitation or a join request. */
const Decline = exactly({ type: Type.Literal('decline'), name: NameText });
/** Frame bodies for a member that is offline. */
const Bundle = exactly({ type: Type.Literal('bundle'), bodies: Type.Array(GroupFrameBody, { maxItems: 8 }) });

/** The body of a letter of kind `group`. */
export const GroupLetter = exactly({ group: IdText, body: Type.Union([Invitation, JoinRequest, Decline, Bundle]) });
export type GroupLetter = Static<typeof GroupLetter>;
export const groupLetterShape = compileShape(GroupLetter);

/** Sent to the name server: the entries of a public group that it lacks, first at index `from` (SPEC GROUP-36). */
export const Publication = exactly({
  from: Index,
  entries: Type.Array(Signed, { minItems: 1, maxItems: LIMITS.groupEntriesPerFrame }),
  proofs: Proofs,
  records: Records,
});
export type Publication = Static<typeof Publication>;
export const publicationShape = compileShape(Publication);
