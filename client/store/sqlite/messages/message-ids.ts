// Finds messages by id. Ids are random: inserted one by one, each would change a page of its own, at a higher cost than
// everything else about a message. So new ids stay in memory, and move to the table in sorted runs, a few at a time.

import { LIMITS } from '../../../../protocols/kit/limits.js';
import { assert } from '../../../../protocols/kit/machine.js';
import type { Database, Statement } from '../../../../runtime/sqlite.js';

const ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const PREFIX_BYTES = 6;

/** Ids that move for each added one. More than one, so that a run is complete before the next one is full. */
const MOVED_PER_ADDED = 4;

/** Ids that are moving to the table, sorted by prefix. `upTo`: the newest message among them. */
interface Run {
  readonly messages: Map<string, number>;
  readonly entries: readonly { readonly prefix: number; readonly message: number }[];
  readonly upTo: number;
  moved: number;
}

export class MessageIds {
  private recent = new Map<string, number>();
  private moving: Run | null = null;
  private readonly findMoved: Statement<{ message: number }>;
  private readonly move: Statement<unknown>;

  /** `runIds`: ids in a run. Higher: fewer page writes for each message, and a slower start. Lower: the reverse. */
  constructor(
    private readonly database: Database,
    private readonly runIds: number = LIMITS.messageIdsPerRun,
  ) {
    // Two messages can have one id (see `addOutgoing`): the newest is meant.
    this.findMoved = database.prepare(`
      SELECT message FROM message_ids CROSS JOIN messages USING (message)
      WHERE prefix = ? AND id = ? ORDER BY message DESC LIMIT 1`);
    // After a crash a run starts again, and a part of it is in the table already.
    this.move = database.prepare('INSERT OR IGNORE INTO message_ids (prefix, message) VALUES (?, ?)');
    this.reload();
    // Otherwise a program that never runs long enough to move a run would read a longer one at each start.
    if (this.recent.size >= runIds) database.transaction(() => this.moveAll());
  }

  /** Reads the ids that are not in the table yet: at the start, and after a rollback. */
  reload(): void {
    this.moving = null;
    this.recent = new Map();
    const newest = this.database.prepare<{ message: number; id: Uint8Array }>(`
      SELECT message, id FROM messages
      WHERE message > (SELECT value FROM counters WHERE name = 'ids_moved') ORDER BY message`);
    for (const { message, id } of newest.all()) this.recent.set(idText(id), message);
  }

  /** The message with this id; null if there is none. Accepts any text. */
  find(id: string): number | null {
    return this.recent.get(id) ?? this.moving?.messages.get(id) ?? this.findInTable(id);
  }

  /** Adds the id of a message that was just inserted. */
  add(id: string, message: number): void {
    this.recent.set(id, message);
    if (this.moving) this.moveSome(this.moving);
    else if (this.recent.size >= this.runIds) this.moving = this.startRun(message);
  }

  /** Removes the id of a deleted message. An entry in the table may stay: it matches no message any more. */
  remove(id: string): void {
    this.recent.delete(id);
    this.moving?.messages.delete(id);
  }

  private moveAll(): void {
    const run = this.startRun(Math.max(...this.recent.values()));
    this.moving = run;
    while (this.moving) this.moveSome(run);
  }

  private findInTable(id: string): number | null {
    if (!ID.test(id)) return null;
    const bytes = idBytes(id);
    return this.findMoved.get(prefixOf(bytes), bytes)?.message ?? null;
  }

  private startRun(upTo: number): Run {
    const entries = Array.from(this.recent, ([id, message]) => ({ prefix: prefixOf(idBytes(id)), message }));
    entries.sort((a, b) => a.prefix - b.prefix);
    const run = { messages: this.recent, entries, upTo, moved: 0 };
    this.recent = new Map();
    return run;
  }

  private moveSome(run: Run): void {
    const some = run.entries.slice(run.moved, run.moved + MOVED_PER_ADDED);
    for (const { prefix, message } of some) this.move.run(prefix, message);
    run.moved += some.length;
    if (run.moved < run.entries.length) return;
    this.database.prepare(`UPDATE counters SET value = ? WHERE name = 'ids_moved'`).run(run.upTo);
    this.moving = null;
  }
}

/** The 16 bytes of an id. */
export function idBytes(id: string): Buffer {
  assert(ID.test(id), 'a message id is 16 bytes in base64url');
  return Buffer.from(id, 'base64url');
}

export function idText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

function prefixOf(bytes: Buffer): number {
  return bytes.readUIntBE(0, PREFIX_BYTES);
}
