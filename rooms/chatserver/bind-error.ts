// The error for an address that cannot be resolved or bound; its message is shown to the user.

import { OperationalError, operationalError } from '../../runtime/operational-error.js';

export class BindError extends OperationalError {}

/** Runs `work`; its errors become BindTrouble. */
export async function binding<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new BindError(operationalError('The address', error).message, { cause: error });
  }
}
