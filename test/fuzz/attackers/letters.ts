// Attacks on a client by letters: undecryptable, unsigned, and signed by a friend but malformed.

import type { GroupLetter } from '../../../protocols/groups/frames.js';
import type {
  MessageLetter,
  ReadLetter,
  ReceiptLetter,
  RecoveryFrame,
  RecoveryRequestFrame,
} from '../../../protocols/chat/messages.js';
import type { FriendAnswerLetter, FriendRequestLetter } from '../../../protocols/friends/messages.js';
import type { PostPage } from '../../../protocols/posts/messages.js';
import { LETTER_KINDS, type LetterKind } from '../../../protocols/letters/messages.js';
import type { OfferLetter } from '../../../protocols/links/messages.js';
import type { Random } from '../../sim/kernel/random.js';
import { conversationWith, letterFrame, letterTo, sealedFor, type FuzzTestbed } from '../fuzz-testbed.js';
import { mutatedText, mutateJson } from '../mutation/json.js';
import type { TestIdentity } from '../wire/test-identity.js';
import { SessionPeer } from '../wire/session-peer.js';
import { hasReached, type Attacker } from './attacker.js';
import { randomMessage } from './links.js';

/**
 * Mostly stays below the limit of letters per minute, because letters that the name server refuses do not reach the
 * client.
 */
const LETTERS_PER_ATTACK = 3;

export function letterAttacker(fuzz: FuzzTestbed): Attacker {
  const { testbed, letterFriends, target } = fuzz;
  const write = async (letterFriend: TestIdentity, random: Random): Promise<object> => {
    if (random.chance(0.1)) return letterFrame(target, Buffer.from(random.bytes(600)).toString('base64url'));
    const kind = random.pick(LETTER_KINDS.filter((each) => each !== 'bye')); // a valid goodbye would end the friendship
    const body = bodyOf(kind, { letterFriend, target }, random);
    if (random.chance(0.2)) {
      const unsigned = mutatedText({ payload: JSON.stringify({ kind, body }), signature: 'A'.repeat(86) }, random);
      return letterFrame(target, await sealedFor(target, letterFriend, unsigned));
    }
    return letterTo(letterFriend, target, { kind, body: mutateJson(body, random) });
  };
  return {
    name: 'letters',
    attack: (random) =>
      hasReached(
        (async () => {
          const letterFriend = random.pick(letterFriends);
          const peer = await SessionPeer.openAs(letterFriend, testbed.server.address);
          for (let k = 0; k < LETTERS_PER_ATTACK; k += 1) peer.say(JSON.stringify(await write(letterFriend, random)));
          await peer.close();
        })(),
      ),
  };
}

interface Parties {
  readonly letterFriend: TestIdentity;
  readonly target: FuzzTestbed['target'];
}

type Body =
  | FriendRequestLetter
  | FriendAnswerLetter
  | OfferLetter
  | { epoch: number }
  | MessageLetter
  | ReceiptLetter
  | ReadLetter
  | RecoveryRequestFrame
  | RecoveryFrame
  | PostPage
  | GroupLetter;

/** An invitation to a missing group, an unsigned join request, and a message of an unknown group. */
function groupLetterOf({ record, device }: TestIdentity, key: string, random: Random): GroupLetter {
  const group = 'A'.repeat(22);
  const signed = { payload: '{}', signature: record.signature };
  const policy = { deputies: [], history: 'all' as const, join: 'ask' as const };
  const head = { index: 0, hash: group };
  const have = [{ device: device.publicKey, seq: random.whole(1, 9) }];
  return random.pick<GroupLetter>([
    { group, body: { type: 'invite', key, name: 'lake', public: true, head, policy, members: 3 } },
    { group, body: { type: 'join_request', name: 'lake', record, consent: signed } },
    { group, body: { type: 'decline', name: 'lake' } },
    { group, body: { type: 'bundle', bodies: [{ type: 'acknowledgement', have }] } },
    {
      group,
      body: { type: 'bundle', bodies: [{ type: 'entries', from: 0, entries: [signed], proofs: [], records: [] }] },
    },
  ]);
}

function bodyOf(kind: LetterKind, { letterFriend, target }: Parties, random: Random): Body {
  const { record, device } = letterFriend;
  const place = { conversation: conversationWith(letterFriend, target), device: device.publicKey };
  const heard = { seq: random.whole(1, 9), proof: 'A'.repeat(22) };
  const question = { conversation: place.conversation, nonce: 'AAAAAAAAAAAAAAAAAAAAAA' };
  switch (kind) {
    case 'friend_request':
      return { record, epoch: random.whole(1, 9), note: 'again' };
    case 'friend_answer':
      return { record, epoch: random.whole(1, 9), accepted: random.chance(0.5) };
    case 'offer':
    case 'answer':
      return { nonce: 'A'.repeat(43), endpoints: [{ host: '127.0.0.1', port: random.whole(1, 65_535) }] };
    case 'message':
      return { epoch: 1, heard, messages: [randomMessage(letterFriend, target, random)] };
    case 'receipt':
      return { ...place, ids: ['AAAAAAAAAAAAAAAAAAAAAA'], seen: null, heard };
    case 'read':
      return { ...place, upTo: 1 };
    case 'refill_wanted':
      return { ...question, type: kind, have: [{ device: place.device, upTo: 0 }] };
    case 'refill': {
      const messages = [{ yours: random.chance(0.5), ...randomMessage(letterFriend, target, random) }];
      return { ...question, type: kind, messages, more: random.chance(0.5) };
    }
    case 'post': {
      const [after, upTo] = [random.whole(0, 9), random.whole(0, 9)];
      return { after, upTo, items: [record], more: random.chance(0.5), proof: 'A'.repeat(22) };
    }
    case 'bye':
      return { epoch: 1 };
    case 'group':
      return groupLetterOf(letterFriend, target.key, random);
  }
}
