// What members sign beside the log (SPEC): consents, what they adopted, votes, farewells. Each is a type of its own.

import type { Static } from '../kit/packages/typebox.js';
import { compileShape, Count, exactly, IdText, KeyText, NameText, Time, type Shape } from '../kit/shapes.js';
import { openSigned, type Signed } from '../kit/signed.js';
import type { Primitives } from '../kit/primitives.js';
import { Cut, Index, LogPosition, Term } from './entry.js';
import { parseJson } from '../kit/bytes.js';

/** Every statement says for which group, by whom, and with which device. */
const SIGNED_BY = { group: IdText, by: NameText, device: KeyText };

/** "Add me": `head` is any entry of the row (SPEC GROUP-2). */
export const Consent = exactly({
  ...SIGNED_BY,
  head: exactly({ index: Index, hash: IdText }),
  nonce: IdText,
  at: Time,
});
export type Consent = Static<typeof Consent>;

export const Adopted = exactly({ ...SIGNED_BY, ...LogPosition.properties });
export type Adopted = Static<typeof Adopted>;

/** The leader is there. `at` rises. */
export const Heartbeat = exactly({ ...SIGNED_BY, term: Term, at: Time });
export type Heartbeat = Static<typeof Heartbeat>;

/** `member`: the id of the consent, or of the group for its founder, by which they belonged: a later one is not meant. */
export const Leave = exactly({ ...SIGNED_BY, member: IdText, cut: Cut, at: Time });
export type Leave = Static<typeof Leave>;

/** `vote`: the leader's own, for the term after this one. */
export const Transfer = exactly({ ...SIGNED_BY, term: Term, to: NameText, at: Time });
export type Transfer = Static<typeof Transfer>;

/** `head`: the whole place that the candidate claimed; a row that ends elsewhere was not voted for (SPEC GROUP-8). */
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

/** The statement inside, unverified: only to find out whether it would be news. */
export function peekStatement<T extends StatementType>(type: T, { payload }: Signed): Statements[T] | null {
  const value = parseJson(payload);
  const shape: Shape<Statements[T]> = SHAPES[type];
  return shape.accepts(value) ? value : null;
}

/** The statement if the device that it names has signed it, else null. Whose device that is, is another question. */
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
