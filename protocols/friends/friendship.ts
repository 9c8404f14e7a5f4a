// Friendship as one user's side sees it (SPEC.md): a table of states and what moves them. Anything absent changes nothing.

/** `none` · `asked`: I asked, no answer yet · `wanted`: they asked, I have not answered · `friend`. */
export type Friendship = 'none' | 'asked' | 'wanted' | 'friend';

/** What I do, and what arrives from the other side. */
export type FriendshipInput =
  'ask' | 'accept' | 'reject' | 'remove' | 'request_came' | 'accepted_came' | 'rejected_came' | 'bye_came';

/** What is to be done about it: a letter to the other side, a word to the face. */
export type FriendshipEffect =
  | 'send_request'
  | 'send_accepted'
  | 'send_rejected'
  | 'send_bye'
  | 'tell_request'
  | 'tell_added'
  | 'tell_removed'
  | 'tell_rejected';

interface Step {
  readonly to: Friendship;
  readonly effects: readonly FriendshipEffect[];
}

const TABLE: Record<Friendship, Partial<Record<FriendshipInput, Step>>> = {
  none: {
    ask: { to: 'asked', effects: ['send_request'] },
    request_came: { to: 'wanted', effects: ['tell_request'] },
    // A yes to nothing: I removed them, or lost my data, since asking. They must not go on believing.
    accepted_came: { to: 'none', effects: ['send_bye'] },
  },
  asked: {
    // Both asked: two wishes are an agreement.
    request_came: { to: 'friend', effects: ['send_accepted', 'tell_added'] },
    accepted_came: { to: 'friend', effects: ['tell_added'] },
    rejected_came: { to: 'none', effects: ['tell_rejected'] },
    remove: { to: 'none', effects: ['send_bye'] },
    ask: { to: 'asked', effects: ['send_request'] },
  },
  wanted: {
    ask: { to: 'friend', effects: ['send_accepted', 'tell_added'] },
    accept: { to: 'friend', effects: ['send_accepted', 'tell_added'] },
    reject: { to: 'none', effects: ['send_rejected'] },
    request_came: { to: 'wanted', effects: ['tell_request'] },
    bye_came: { to: 'none', effects: [] },
  },
  friend: {
    remove: { to: 'none', effects: ['send_bye', 'tell_removed'] },
    bye_came: { to: 'none', effects: ['tell_removed'] },
    // They lost their data and ask again, or our answer crossed with their second request: still friends, say so once more.
    request_came: { to: 'friend', effects: ['send_accepted'] },
  },
};

/** The next state and what to do, or null where the input changes nothing in this state. */
export function befriend(state: Friendship, input: FriendshipInput): Step | null {
  return TABLE[state][input] ?? null;
}
