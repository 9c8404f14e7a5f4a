// Looks for forked sequences (SPEC CHAT-18): one number of one device must not name two texts, on whatever disks.

import type { StoredMessage } from '../../../client/engine/core/store.js';

/** What one user's disk has of all conversations. */
export interface UserMessages {
  readonly user: string;
  readonly messages: readonly StoredMessage[];
}

/** All violations, in words. `isExcused`: what `user` wrote to `peer` and cancelled may stand under a taken number. */
export function forks(
  conversations: readonly UserMessages[],
  isExcused: (user: string, peer: string) => boolean,
): string[] {
  const texts = new Map<string, { readonly user: string; readonly text: string }>();
  const violations: string[] = [];
  for (const { user, messages } of conversations) {
    for (const { mine, peer, device, kind, seq, text, state } of messages) {
      // What still waits, for a friend of old, has never been anybody's.
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
