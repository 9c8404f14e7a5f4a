// The storage of one group member. It is synchronous and part of the transaction of the input, so the decisions of the
// machine and the disk never differ.

import type { Signed } from '../../kit/signed.js';

/**
 * `held`: waits for messages that it depends on. `marked`: shown although such a message is missing. `hidden`: beyond
 * the cut of a former member.
 */
export type Visibility = 'held' | 'shown' | 'marked' | 'hidden';

export interface StoredGroupMessage {
  readonly id: string;
  readonly by: string;
  /** The identity key of the author in this group. */
  readonly key: string;
  readonly device: string;
  readonly seq: number;
  readonly lamport: number;
  readonly at: number;
  readonly text: string;
  /** The own user wrote it. */
  readonly mine: boolean;
  readonly visibility: Visibility;
  /**
   * Of an own message. `queued`: some recipient lacks it. `held`: every recipient has it, or the name server holds it
   * for them. `cancelled`: no member accepts it any more.
   */
  readonly state: 'queued' | 'held' | 'delivered' | 'cancelled';
  readonly signed: Signed;
}

/** The highest message number of a device. */
export interface DeviceSeq {
  readonly device: string;
  readonly seq: number;
}

export interface GroupStore {
  /** A small durable text by name. */
  memo(name: string): string | null;
  putMemo(name: string, text: string): void;
  /** All memos whose name begins with `prefix`, by name. */
  memos(prefix: string): { name: string; text: string }[];

  entries(): Signed[];
  putEntry(index: number, signed: Signed): void;
  dropEntriesFrom(index: number): void;

  /** False if a message with this id, or with this device and number, exists. */
  addMessage(message: StoredGroupMessage): boolean;
  messageAt(device: string, seq: number): StoredGroupMessage | null;
  /** The highest number of each device, including hidden messages. */
  lastSeqs(): DeviceSeq[];
  /** The messages of a device with a number above `afterSeq`, by number. */
  messagesFrom(device: string, afterSeq: number, limit: number): StoredGroupMessage[];
  /** The held messages in the order of arrival. */
  heldBack(): StoredGroupMessage[];
  /** The newest visible messages in the order of the conversation, oldest first. */
  newestVisible(limit: number): StoredGroupMessage[];
  lastLamport(): number;
  setVisibility(id: string, visibility: Visibility): void;
  setState(id: string, state: StoredGroupMessage['state']): void;
}
