// Reports failures of addresses: every error of a piece of work becomes a BindError with one line for the user.

import { BindError, operationalError } from '../../runtime/operational-error.js';

export async function asBindError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new BindError(operationalError('The address', error).message, { cause: error });
  }
}
