// The statements that members sign beside the log (SPEC, "Statements"). Each has its own signature type, so no
// statement can be replayed as another.

import type { Static } from '../kit/packages/typebox.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText, Time, type Shape } from '../kit/shapes.js';
import { openSigned, type Signed } from '../kit/signed.js';
import type { Primitives } from '../kit/primitives.js';
import { Cut, Index, LogPosition, Term } from './entry.js';
import { parseJson } from '../kit/bytes.js';

/** Each statement names its group, its author and the device that signed it. */
const SIGNED_BY = { group: IdText, by: NameText, device: KeyText };

/**
 * The user agrees to be added under this identity key (SPEC GROUP-41). `head` is any entry of the log (SPEC GROUP-2).
 */
export const Consent = exactly({
  ...SIGNED_BY,
  key: KeyText,
  head: exactly({ index: Index, hash: IdText }),
  nonce: IdText,
  at: Time,
});
export type Consent = Static<typeof Consent>;

/** The author has the log up to this position on disk (SPEC GROUP-7). */
export const Adopted = exactly({ ...SIGNED_BY, ...LogPosition.properties });
export type Adopted = Static<typeof Adopted>;

/** The leader of `term` is alive. `at` rises with each heartbeat. */
export const Heartbeat = exactly({ ...SIGNED_BY, term: Term, at: Time });
export type Heartbeat = Static<typeof Heartbeat>;

/**
 * The author leaves. `member`: the admission id of the membership that ends, so that the statement does not end a later
 * membership.
 */
export const Leave = exactly({ ...SIGNED_BY, member: IdText, cut: Cut, at: Time });
export type Leave = Static<typeof Leave>;

/** The leader of `term` hands the lead to `to`. Its vote for the next term is a statement of its own. */
export const Transfer = exactly({ ...SIGNED_BY, term: Term, to: NameText, at: Time });
export type Transfer = Static<typeof Transfer>;

/** A vote for `candidate` in `term`, and only for the head that the candidate named (SPEC GROUP-8). */
export const Vote = exactly({ ...SIGNED_BY, term: Count, candidate: NameText, head: LogPosition });
export type Vote = Static<typeof Vote>;

interface Statements {
  consent: Consent;
  adopted: Adopted;
  heartbeat: Heartbeat;
  leave: Leave;
  transfer: Transfer;
  vote: Vote;
}

export type StatementType = keyof Statements;

const SHAPES: { readonly [T in StatementType]: Shape<Statements[T]> } = {
  consent: compileShape(Consent),
  adopted: compileShape(Adopted),
  heartbeat: compileShape(Heartbeat),
  leave: compileShape(Leave),
  transfer: compileShape(Transfer),
  vote: compileShape(Vote),
};

/** The statement inside, not verified. Use it only to decide whether verification is worth its cost. */
export function peekStatement<T extends StatementType>(type: T, { payload }: Signed): Statements[T] | null {
  const value = parseJson(payload);
  const shape: Shape<Statements[T]> = SHAPES[type];
  return shape.accepts(value) ? value : null;
}

/** The statement if the device that it names signed it, else null. The caller checks whose device that is. */
export function openStatement<T extends StatementType>(
  type: T,
  signed: Signed,
  primitives: Primitives,
): Statements[T] | null {
  const claimed = peekStatement(type, signed);
  if (claimed === null) return null;
  const shape: Shape<Statements[T]> = SHAPES[type];
  return openSigned(type, signed, { key: claimed.device, shape, primitives });
}
