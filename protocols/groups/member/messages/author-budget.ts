// What one author may make a member store (SPEC GROUP-46): messages beyond it are not stored, and not requested.

import { byteLength } from '../../../kit/bytes.js';
import { LIMITS } from '../../../kit/limits.js';
import type { Signed } from '../../../kit/signed.js';
import type { GroupMessage } from '../../group-message.js';

export interface MessageAuthor {
  readonly user: string;
  /** The identity key. */
  readonly key: string;
}

/** The host counts what each author made it store, in all groups and elsewhere. */
export interface AuthorBudget {
  /** Takes so many bytes. False, and nothing may be stored, if there is no room for them. */
  take(author: MessageAuthor, bytes: number): boolean;
  /** True if anything of this author may be stored now. */
  hasRoom(author: MessageAuthor): boolean;
}

export const NO_BUDGET: AuthorBudget = { take: () => true, hasRoom: () => true };

export class BudgetedDevices {
  /** Devices with a message that was not stored, and their authors. */
  private readonly refused = new Map<string, MessageAuthor>();

  constructor(private readonly budget: AuthorBudget) {}

  /** False, and the message must not be stored, if its author has used up the budget. */
  admits({ by: user, device }: GroupMessage, key: string, { payload }: Signed): boolean {
    const isAdmitted = this.budget.take({ user, key }, byteLength(payload) + LIMITS.messageOverheadBytes);
    if (!isAdmitted) this.refused.set(device, { user, key });
    return isAdmitted;
  }

  /** The devices whose messages are not wanted now. */
  refusedNow(): string[] {
    for (const [device, author] of this.refused) if (this.budget.hasRoom(author)) this.refused.delete(device);
    return [...this.refused.keys()].slice(0, LIMITS.groupDevicesMax);
  }
}
