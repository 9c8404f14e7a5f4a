// What a member of a group needs kept: synchronous, in the transaction of the input, so that what was decided and what
// is on disk never differ.

import type { Signed } from '../../kit/signed.js';

/**
 * `held`: waits for what it names · `shown` · `marked`: shown, though something before it is missing · `hidden`: its
 * sender was removed before it counted.
 */
export type Visibility = 'held' | 'shown' | 'marked' | 'hidden';

export interface StoredGroupMessage {
  readonly id: string;
  readonly by: string;
  readonly device: string;
  readonly seq: number;
  readonly lamport: number;
  readonly at: number;
  readonly text: string;
  /** I wrote it. */
  readonly mine: boolean;
  readonly visibility: Visibility;
  /** Of my own: `queued` until every recipient has it, or the name server for them; `cancelled` where none ever will. */
  readonly state: 'queued' | 'held' | 'delivered' | 'cancelled';
  readonly signed: Signed;
}

/** How far a device has come. */
export interface DeviceSeq {
  readonly device: string;
  readonly seq: number;
}

export interface GroupStore {
  /** Small durable facts by name. */
  memo(name: string): string | null;
  putMemo(name: string, text: string): void;
  /** All whose name begins so. */
  memos(prefix: string): { name: string; text: string }[];

  entries(): Signed[];
  putEntry(index: number, signed: Signed): void;
  dropEntriesFrom(index: number): void;

  /** False where its id or its place is taken. */
  addMessage(message: StoredGroupMessage): boolean;
  messageAt(device: string, seq: number): StoredGroupMessage | null;
  /** The highest number of each device, hidden ones too. */
  lastSeqs(): DeviceSeq[];
  /** Messages of a device above a number, by number. */
  messagesFrom(device: string, afterSeq: number, limit: number): StoredGroupMessage[];
  /** Held back, in the order they came. */
  heldBack(): StoredGroupMessage[];
  /** The last shown ones in the order of the conversation, oldest first. */
  newestVisible(limit: number): StoredGroupMessage[];
  lastLamport(): number;
  setVisibility(id: string, sight: Visibility): void;
  setState(id: string, state: StoredGroupMessage['state']): void;
}
