// An entry of a membership log (SPEC, "The log"): one operation of the leader, signed as type `group`. Also the types
// that entries, frames and statements share: positions, policies, version vectors, cuts.

import { Type, type Static } from '../kit/packages/typebox.js';
import { LIMITS } from '../kit/limits.js';
import { compileShape, exactly, IdText, KeyText, NameText, Time } from '../kit/shapes.js';
import { Signed } from '../kit/signed.js';

const NoId = Type.Null();
export const Index = Type.Integer({ minimum: 0, maximum: LIMITS.groupEntriesMax });
export const Term = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** For each device, the highest message number that the sender has. */
export const VersionVector = Type.Array(exactly({ device: KeyText, seq: Seq }), { maxItems: LIMITS.groupDevicesMax });
export type VersionVector = Static<typeof VersionVector>;
/**
 * Which messages of a former member stay valid: for each device those up to `seq`. `epoch`: the index of the entry that
 * this last message cites.
 */
export const Cut = Type.Array(exactly({ device: KeyText, seq: Seq, epoch: Index }), {
  maxItems: LIMITS.groupDevicesPerUser,
});
export type Cut = Static<typeof Cut>;

/**
 * `deputies`: the first candidates for leader, in order; the other members follow by seniority. `history`: the earlier
 * messages that a new member gets: none, all, or the newest n. `join`: whether non-members may ask to join.
 */
export const GroupPolicy = exactly({
  deputies: Type.Array(NameText, { maxItems: LIMITS.groupDeputiesMax }),
  history: Type.Union([
    Type.Literal('none'),
    Type.Literal('all'),
    Type.Integer({ minimum: 1, maximum: LIMITS.groupHistoryMax }),
  ]),
  join: Type.Enum(['ask', 'closed'] as const),
});
export type GroupPolicy = Static<typeof GroupPolicy>;

const CreateOp = exactly({
  do: Type.Literal('create'),
  name: NameText,
  public: Type.Boolean(),
  nonce: IdText,
  record: Signed,
  policy: GroupPolicy,
  cites: Type.Union([exactly({ group: IdText, head: IdText }), Type.Null()]),
});
export type Create = Static<typeof CreateOp>;

/** `key`: the identity key of the user. The record and the consent must be of this key (SPEC GROUP-41). */
const Add = exactly({ do: Type.Literal('add'), user: NameText, key: KeyText, record: Signed, consent: Signed });
const Remove = exactly({ do: Type.Literal('remove'), user: NameText, cut: Cut });
const Leave = exactly({ do: Type.Literal('leave'), user: NameText, statement: Signed });
/** `record`: the newest record of the user. `cut`: of the devices that it does not list any more (SPEC GROUP-47). */
const Devices = exactly({ do: Type.Literal('devices'), user: NameText, record: Signed, cut: Cut });
const SetPolicy = exactly({ do: Type.Literal('policy'), policy: GroupPolicy });
const Takeover = exactly({
  do: Type.Literal('takeover'),
  votes: Type.Array(Signed, { minItems: 1, maxItems: LIMITS.groupMembersMax }),
});

export const EntryOp = Type.Union([CreateOp, Add, Remove, Leave, Devices, SetPolicy, Takeover]);
export type EntryOp = Static<typeof EntryOp>;

/** `group` and `previous` are null in entry 0 only: the id of entry 0 is the id of the group. */
export const LogEntry = exactly({
  group: Type.Union([IdText, NoId]),
  index: Index,
  previous: Type.Union([IdText, NoId]),
  term: Term,
  op: EntryOp,
  at: Time,
  by: NameText,
  device: KeyText,
});
export type LogEntry = Static<typeof LogEntry>;
export const logEntryShape = compileShape(LogEntry);

/** A position in a log. `hash`: the id of the entry at `index`. */
export const LogPosition = exactly({ index: Index, term: Term, hash: IdText });
export type LogPosition = Static<typeof LogPosition>;

/** True iff both are the same entry. */
export function isSamePosition(a: LogPosition, b: LogPosition): boolean {
  return a.hash === b.hash && a.index === b.index && a.term === b.term;
}

/** True iff a log with head `a` wins over a log with head `b` (SPEC GROUP-10). */
export function isMoreUpToDate(
  a: Pick<LogPosition, 'term' | 'index'>,
  b: Pick<LogPosition, 'term' | 'index'>,
): boolean {
  return a.term !== b.term ? a.term > b.term : a.index > b.index;
}
