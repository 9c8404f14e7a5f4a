// Proofs that only their maker can check (SPEC CHAT-24): a friend keeps them and gives them back.

import { toBase64url, utf8, viewOf } from '../bytes.js';
import type { Primitives, SecretKey } from '../primitives.js';
import { hmacSha256 } from '../sealing/hmac.js';
import { signedBytes } from '../signed.js';
import type { HeardMark, MessageMark } from './marks.js';

/** The messages of one device in one conversation. */
export interface Lane {
  readonly conversation: string;
  readonly device: string;
}

const PROOF_BYTES = 16;

/** The key of the proofs. It comes from the identity key, so that it survives the loss of every other file. */
export function ownProofsKey(identity: SecretKey, primitives: Primitives): Uint8Array {
  // An Ed25519 signature is deterministic (RFC 8032, 5.1.6), and this one is never sent.
  const secret = primitives.sign(signedBytes('own_proofs', identity.publicKey), identity);
  return primitives.sha256(utf8(secret));
}

export class OwnProofs {
  /** `key`: of `ownProofsKey`. */
  constructor(
    private readonly key: Uint8Array,
    private readonly primitives: Primitives,
  ) {}

  /** For a message of ours. Its id covers author, text and time. */
  ofMessage({ conversation, device }: Lane, { seq, id }: Omit<MessageMark, 'proof'>): string {
    return this.tag(['message', conversation, device, seq, id]);
  }

  /** For our acknowledgement of all messages of a friend's device up to a seq. */
  ofHeard({ conversation, device }: Lane, { seq }: Omit<HeardMark, 'proof'>): string {
    return this.tag(['heard', conversation, device, seq]);
  }

  /** For our catalogue of posts, which has reached this change. */
  ofCatalogue(device: string, change: number): string {
    return this.tag(['catalogue', device, change]);
  }

  isOwnMessage(lane: Lane, mark: MessageMark): boolean {
    return isSame(this.ofMessage(lane, mark), mark.proof);
  }

  isOwnHeard(lane: Lane, mark: HeardMark): boolean {
    return isSame(this.ofHeard(lane, mark), mark.proof);
  }

  isOwnCatalogue(device: string, { change, proof }: { change: number; proof: string }): boolean {
    return isSame(this.ofCatalogue(device, change), proof);
  }

  private tag(fields: readonly (string | number)[]): string {
    const tag = hmacSha256(this.key, utf8(JSON.stringify(fields)), this.primitives);
    return toBase64url(viewOf(tag, 0, PROOF_BYTES));
  }
}

/** Takes the same time wherever the texts differ. */
function isSame(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at += 1) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}
