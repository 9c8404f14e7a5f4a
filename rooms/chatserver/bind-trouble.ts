// An address could not be had, or makes no sense; the message is the line for a person.

import { Trouble, troubleWith } from '../../runtime/trouble.js';

export class BindTrouble extends Trouble {}

/** What `work` gives; its trouble is one of addresses. */
export async function binding<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new BindTrouble(troubleWith('The address', error).message, { cause: error });
  }
}
