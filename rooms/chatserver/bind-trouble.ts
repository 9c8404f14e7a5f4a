// The error for an address that cannot be resolved or bound; its message is shown to the user.

import { Trouble, troubleWith } from '../../runtime/trouble.js';

export class BindTrouble extends Trouble {}

/** Runs `work`; its errors become BindTrouble. */
export async function binding<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new BindTrouble(troubleWith('The address', error).message, { cause: error });
  }
}
