// What the parts of the engine tell one another: something happened. The engine routes each fact to the parts it
// concerns.

import type { LetterKind } from '../../../protocols/letters/messages.js';
import type { Endpoint } from './io.js';

/** The device at the other end of a link, as its certificate and record prove. */
export interface LinkPeer {
  readonly user: string;
  readonly device: string;
}

/** A letter that is genuine, new, and for us. `body` still has to be judged, by kind. */
export interface ReceivedLetter {
  readonly from: string;
  readonly device: string;
  readonly kind: LetterKind;
  readonly at: number;
  readonly body: unknown;
}

export type PartEvent =
  /** The user wants to be reachable, or wants to be left alone. */
  | { type: 'awake' }
  | { type: 'asleep' }
  /** The name server has taken us in, or is gone. */
  | { type: 'online' }
  | { type: 'offline' }
  | { type: 'presence'; user: string; online: boolean }
  | { type: 'letter'; letter: ReceivedLetter }
  /** `datagrams`: where the peer's UDP socket is. `exported`: key material of the link's TLS. */
  | { type: 'linked'; peer: LinkPeer; weDialled: boolean; datagrams: Endpoint; exported: Uint8Array }
  | { type: 'unlinked'; user: string }
  | { type: 'frame'; peer: LinkPeer; frame: object & { type: string } }
  | { type: 'befriended'; user: string }
  | { type: 'unfriended'; user: string }
  /** The name server has seen this device further than it remembers. */
  | { type: 'restored' }
  /** A friend has. */
  | { type: 'outrun'; user: string }
  /** This device says nothing more: another one of ours takes over, on the same store. */
  | { type: 'retired' }
  /** The name server has taken the record of our new device: links may come about. */
  | { type: 'known' }
  /** How far we have acknowledged what a friend's device said, by what the friend says. */
  | { type: 'heard'; peer: LinkPeer; upTo: number }
  /** Their newer record lists another device than the one before it. */
  | { type: 'moved'; user: string }
  /** A letter came that cannot be opened, says the name server, from this user. */
  | { type: 'unreadable'; user: string }
  /** A letter could not leave, because the name server knows nobody of that name. */
  | { type: 'unknown'; user: string }
  /** A message was cancelled while others wait behind it. */
  | { type: 'cancelled'; user: string }
  /** A friend said once more that we are friends: they may not have known when our last letters came. */
  | { type: 'reassured'; user: string }
  /** The name server has taken a letter about the friendship: messages may follow it. */
  | { type: 'mailed'; user: string }
  /** Nothing stands in the way of sending to this friend any more: unblocked, or a changed key was confirmed. */
  | { type: 'cleared'; user: string };
