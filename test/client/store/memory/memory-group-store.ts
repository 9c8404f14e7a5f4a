// The store of one group, in memory: log entries, memos and signed messages. The texts are in the conversation.

import { assert } from '../../../../protocols/kit/machine.js';
import type { Signed } from '../../../../protocols/kit/signed.js';
import type {
  GroupStore,
  StoredGroupMessage,
  DeviceSeq,
  Visibility,
} from '../../../../protocols/groups/member/group-store.js';
import type { GroupAuthor } from '../../../../client/engine/core/store.js';
import { storedGroup } from '../../../../client/engine/core/conversation-id.js';
import {
  toStoredMessage,
  visibilityColumns,
  groupMessageState,
  visibilityOf,
} from '../../../../client/store/group-message.js';
import type { MemoryMessages } from './memory-messages.js';
import type { UndoLog } from '../../../../protocols/kit/undo/undo-log.js';
import { UndoMap } from '../../../../protocols/kit/undo/undo-map.js';

interface SignedMessage {
  readonly id: string;
  readonly by: string;
  readonly key: string;
  readonly signed: Signed;
}

export class MemoryGroupStore implements GroupStore {
  private readonly memoTexts: UndoMap<string, string>;
  private readonly log: UndoMap<number, Signed>;
  private readonly length: UndoMap<'entries', number>;
  private readonly signedMessages: UndoMap<string, SignedMessage>;
  private readonly ends: UndoMap<string, number>;

  constructor(
    undo: UndoLog,
    private readonly messages: MemoryMessages,
    readonly group: string,
  ) {
    this.memoTexts = new UndoMap(undo);
    this.log = new UndoMap(undo);
    this.length = new UndoMap(undo);
    this.signedMessages = new UndoMap(undo);
    this.ends = new UndoMap(undo);
  }

  memo(name: string): string | null {
    return this.memoTexts.get(name) ?? null;
  }

  putMemo(name: string, text: string): void {
    this.memoTexts.set(name, text);
  }

  memos(prefix: string): { name: string; text: string }[] {
    const found = this.memoTexts.all().filter(([name]) => name.startsWith(prefix));
    return found.map(([name, text]) => ({ name, text })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  entries(): Signed[] {
    return Array.from({ length: this.length.get('entries') ?? 0 }, (_, index) => {
      const signed = this.log.get(index);
      assert(signed !== undefined, 'entries have no gaps');
      return signed;
    });
  }

  putEntry(index: number, signed: Signed): void {
    this.log.set(index, signed);
    this.length.set('entries', Math.max(index + 1, this.length.get('entries') ?? 0));
  }

  dropEntriesFrom(index: number): void {
    for (let at = index; at < (this.length.get('entries') ?? 0); at += 1) this.log.delete(at);
    this.length.set('entries', Math.min(index, this.length.get('entries') ?? 0));
  }

  addMessage(message: StoredGroupMessage): boolean {
    const { id, by, key, device, seq, signed } = message;
    if (this.messages.add(toStoredMessage(this.group, message)) !== 'added') return false;
    this.signedMessages.set(`${device} ${seq}`, { id, by, key, signed });
    this.ends.set(device, Math.max(seq, this.ends.get(device) ?? 0));
    return true;
  }

  messageAt(device: string, seq: number): StoredGroupMessage | null {
    const signedMessage = this.signedMessages.get(`${device} ${seq}`);
    return signedMessage ? this.whole(signedMessage) : null;
  }

  lastSeqs(): DeviceSeq[] {
    return this.ends.all().map(([device, seq]) => ({ device, seq }));
  }

  messagesFrom(device: string, afterSeq: number, limit: number): StoredGroupMessage[] {
    const lane: StoredGroupMessage[] = [];
    for (let seq = afterSeq + 1; seq <= (this.ends.get(device) ?? 0) && lane.length < limit; seq += 1) {
      const kept = this.messageAt(device, seq);
      if (kept) lane.push(kept);
    }
    return lane;
  }

  heldBack(): StoredGroupMessage[] {
    return this.all().filter(({ visibility: visibility }) => visibility === 'held');
  }

  newestVisible(limit: number): StoredGroupMessage[] {
    const shown = this.messages.history(storedGroup(this.group), limit, null);
    return shown.flatMap(({ device, seq }) => this.messageAt(device, seq) ?? []);
  }

  lastLamport(): number {
    return this.messages.lastLamport(storedGroup(this.group));
  }

  setVisibility(id: string, visibility: Visibility): void {
    this.messages.setVisibility(id, visibilityColumns(visibility));
  }

  setState(id: string, state: StoredGroupMessage['state']): void {
    this.messages.setState(id, state);
  }

  /** The author of a message of this group. */
  authorOf(device: string, seq: number): GroupAuthor | null {
    const message = this.signedMessages.get(`${device} ${seq}`);
    return message ? { name: message.by, key: message.key } : null;
  }

  private all(): StoredGroupMessage[] {
    return this.signedMessages.values().map((signedMessage) => this.whole(signedMessage));
  }

  private whole({ id, by, key, signed }: SignedMessage): StoredGroupMessage {
    const entry = this.messages.entry(id);
    assert(entry !== undefined, 'a signed message is also in the conversation');
    const { device, seq, lamport, at, text, mine, state } = entry.message;
    const visibility = visibilityOf(entry.message);
    return {
      id,
      by,
      key,
      device,
      seq,
      lamport,
      at,
      text,
      mine,
      visibility,
      state: groupMessageState(state),
      signed,
    };
  }
}
