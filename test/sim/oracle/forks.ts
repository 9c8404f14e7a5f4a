// Finds forked sequences (CHAT-18): one sequence number of one device must not have two texts, on all disks together.

import type { StoredMessage } from '../../../client/engine/core/store.js';

/** The messages of all conversations on the disk of one user. */
export interface UserMessages {
  readonly user: string;
  readonly messages: readonly StoredMessage[];
}

/** All violations as text. `isExcused`: a cancelled message of `user` to `peer` may have a number that is taken. */
export function forks(
  conversations: readonly UserMessages[],
  isExcused: (user: string, peer: string) => boolean,
): string[] {
  const texts = new Map<string, { readonly user: string; readonly text: string }>();
  const violations: string[] = [];
  for (const { user, messages } of conversations) {
    for (const { mine, peer, device, kind, seq, text, state } of messages) {
      // A queued message has not left its author.
      const isUnsent = state === 'queued' || state === 'held' || (state === 'cancelled' && isExcused(user, peer));
      if (kind !== 'chat' || isUnsent) continue;
      const [author, reader] = mine ? [user, peer] : [peer, user];
      const place = `number ${seq} of ${author} to ${reader} by ${device.slice(0, 8)}`;
      const known = texts.get(place);
      texts.set(place, known ?? { user, text });
      if (known && known.text !== text) {
        violations.push(`[CHAT-18] ${place} is "${brief(known.text)}" at ${known.user}, "${brief(text)}" at ${user}`);
      }
    }
  }
  return violations;
}

function brief(text: string): string {
  return text.slice(0, 60);
}
