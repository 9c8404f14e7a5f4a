// Attacks on the TCP port of a client: below TLS, without a certificate, as a stranger, and as a malicious friend.

import type { AckFrame, MessageFrame, ReadFrame, WireMessage } from '../../../protocols/chat/messages.js';
import { encodeFrame } from '../../../protocols/kit/frames.js';
import type { Random } from '../../sim/kernel/random.js';
import { conversationWith, type FuzzTestbed } from '../fuzz-testbed.js';
import { mutateBytes, randomBytes } from '../mutation/bytes.js';
import { mutatedText } from '../mutation/json.js';
import { certifiedTerms, FriendLink, helloOf, LINK_TERMS, POSTS_TERMS } from '../wire/friend-link.js';
import type { TestIdentity } from '../wire/test-identity.js';
import { sendTcp, sendTls } from '../wire/send-bytes.js';
import type { Attacker } from './attacker.js';

/** The first bytes of a TLS 1.3 ClientHello, so that the following bytes reach the TLS parser. */
const CLIENT_HELLO = Buffer.from('16030100f8010000f40303', 'hex');

export function tcpAttacker({ port }: FuzzTestbed): Attacker {
  return {
    name: 'TCP',
    attack: async (random) => {
      const head = random.chance(0.5) ? [CLIENT_HELLO] : [];
      await sendTcp(port, [...head, randomBytes(random)]);
      return true;
    },
  };
}

/** TLS by strangers: without a certificate, or with their own. */
export function strangerAttacker({ port, stranger, linkFriend }: FuzzTestbed): Attacker {
  const terms = [LINK_TERMS, POSTS_TERMS, certifiedTerms(stranger)];
  return {
    name: 'TLS, stranger',
    attack: async (random) => {
      const hello = helloOf(random.pick([stranger, linkFriend]));
      const pieces = Array.from({ length: random.whole(1, 4) }, () => wrongFrame(hello, random));
      await sendTls(port, random.pick(terms), pieces);
      return true;
    },
  };
}

/** Malformed frames of every type, on an accepted link. */
export function friendAttacker({ listener, linkFriend, target }: FuzzTestbed): Attacker {
  return {
    name: 'TLS, friend',
    attack: async (random) => {
      const link = await FriendLink.open(linkFriend, listener);
      if (!link) return false;
      for (let k = random.whole(1, 12); k > 0; k -= 1) {
        const frame = frameOf(linkFriend, target, random);
        // A malformed frame ends the link, so valid ones come first to bring the link into an active state.
        link.send(k > 1 ? encodeFrame(JSON.stringify(frame)) : wrongFrame(frame, random));
      }
      await link.close();
      return true;
    },
  };
}

/** A message with a small sequence number: most are duplicates, so that the disk of the target does not fill. */
export function randomMessage(identity: TestIdentity, target: FuzzTestbed['target'], random: Random): WireMessage {
  const seq = random.whole(1, 200);
  const conversation = conversationWith(identity, target);
  const fixed = { conversation, device: identity.device.publicKey, at: 1_000_000 + seq };
  const proof = 'A'.repeat(22);
  return { ...fixed, seq, lamport: seq, text: `number ${seq}`, after: random.whole(0, seq - 1), proof };
}

type Frame = MessageFrame | AckFrame | ReadFrame | { type: 'ping' | 'pong' | `x-${string}` };

export function frameOf(identity: TestIdentity, target: FuzzTestbed['target'], random: Random): Frame {
  const place = { conversation: conversationWith(identity, target), device: target.device };
  const upTo = random.whole(1, 9);
  const heard = { seq: upTo, proof: 'A'.repeat(22) };
  const ids = [Buffer.from(random.bytes(16)).toString('base64url')];
  return random.pick<Frame>([
    { type: 'message', ...randomMessage(identity, target, random) },
    { type: 'ack', ...place, ids, seen: { ...heard, id: ids[0] ?? '' }, heard },
    { type: 'read', ...place, upTo },
    { type: 'ping' },
    { type: 'pong' },
    { type: 'x-unheard-of' },
  ]);
}

export function wrongFrame(frame: object, random: Random): Uint8Array {
  if (random.chance(0.1)) return randomBytes(random);
  if (random.chance(0.3)) return mutateBytes(encodeFrame(JSON.stringify(frame)), random);
  return encodeFrame(mutatedText(frame, random));
}
