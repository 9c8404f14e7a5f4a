// Refusals (expected failures): each has a code, an HTTP status and one sentence for REST, terminal, JSON and page.

import { REFUSALS } from './refusals/refusal-table.js';

export type RefusalCode = keyof typeof REFUSALS;

export const REFUSAL_CODES = Object.keys(REFUSALS) as RefusalCode[];

/** A refusal is a value and is never thrown. `about`: the name or reason that its sentence mentions. */
export class Refusal {
  constructor(
    readonly code: RefusalCode,
    readonly about: string = '',
  ) {}

  /** A refusal received from another program. An unknown code becomes `SERVER_FAULT`. */
  static from(code: string, about: string): Refusal {
    return isRefusalCode(code) ? new Refusal(code, about) : new Refusal('SERVER_FAULT', code);
  }
}

/** A value, or the refusal that explains why there is none. */
export type Outcome<T> = T | Refusal;

/** HTTP status of a refusal. */
export function refusalStatus(code: RefusalCode): number {
  return REFUSALS[code].status;
}

/** The sentence for the user. */
export function refusalText(refusal: Refusal): string {
  return REFUSALS[refusal.code].text.replaceAll('{about}', () => refusal.about);
}

/** True iff the text is the code of a refusal. */
export function isRefusalCode(text: string): text is RefusalCode {
  return Object.hasOwn(REFUSALS, text);
}
