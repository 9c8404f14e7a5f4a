// Finds messages by id. Ids are random: written one by one, each would dirty a page of its own, which costs more than
// the rest of storing a message. So the newest stay in memory and move to the table in sorted runs, a few at a time.

import { LIMITS } from '../../../../protocols/kit/limits.js';
import { assert } from '../../../../protocols/kit/machine.js';
import type { Database, Statement } from '../../../../runtime/sqlite.js';

const ID = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const PREFIX_BYTES = 6;

/** How many ids move for each that is added: more than one, so that a run has left before the next is full. */
const MOVED_PER_ADDED = 4;

/** Ids on their way to the table, sorted by prefix. `upTo`: the newest message among them. */
interface Run {
  readonly messages: Map<string, number>;
  readonly entries: readonly { readonly prefix: number; readonly message: number }[];
  readonly upTo: number;
  moved: number;
}

export class MessageIds {
  private recent = new Map<string, number>();
  private leaving: Run | null = null;
  private readonly findMoved: Statement<{ message: number }>;
  private readonly move: Statement<unknown>;

  /** `runIds`: how many ids move together. Raised, fewer pages are written for each message, and a start reads more. */
  constructor(
    private readonly database: Database,
    private readonly runIds: number = LIMITS.messageIdsPerRun,
  ) {
    // Of two with one id (see `addOutgoing`) the newest.
    this.findMoved = database.prepare(`
      SELECT message FROM message_ids CROSS JOIN messages USING (message)
      WHERE prefix = ? AND id = ? ORDER BY message DESC LIMIT 1`);
    // A run that was cut off by the end of the program begins anew: some of it is there.
    this.move = database.prepare('INSERT OR IGNORE INTO message_ids (prefix, message) VALUES (?, ?)');
    this.reload();
    // A run that never found the time to leave while the program ran would begin anew at each start.
    if (this.recent.size >= runIds) database.transaction(() => this.moveAll());
  }

  /** Reads again what is not in the table: at the start, and after a rollback. */
  reload(): void {
    this.leaving = null;
    this.recent = new Map();
    const newest = this.database.prepare<{ message: number; id: Uint8Array }>(`
      SELECT message, id FROM messages
      WHERE message > (SELECT value FROM counters WHERE name = 'ids_moved') ORDER BY message`);
    for (const { message, id } of newest.all()) this.recent.set(idText(id), message);
  }

  /** The message of this id, null if there is none; any text may be asked for. */
  find(id: string): number | null {
    return this.recent.get(id) ?? this.leaving?.messages.get(id) ?? this.findInTable(id);
  }

  /** Remembers a message that was inserted just now. */
  add(id: string, message: number): void {
    this.recent.set(id, message);
    if (this.leaving) this.moveSome(this.leaving);
    else if (this.recent.size >= this.runIds) this.leaving = this.startRun(message);
  }

  /** The message is gone; what stands of its id in the table finds nothing any more. */
  forget(id: string): void {
    this.recent.delete(id);
    this.leaving?.messages.delete(id);
  }

  private moveAll(): void {
    const run = this.startRun(Math.max(...this.recent.values()));
    this.leaving = run;
    while (this.leaving) this.moveSome(run);
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
    this.leaving = null;
  }
}

/** The 16 bytes of an id. */
export function idBytes(id: string): Buffer {
  assert(ID.test(id), 'a message has an id of 16 bytes in base64url');
  return Buffer.from(id, 'base64url');
}

export function idText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

function prefixOf(bytes: Buffer): number {
  return bytes.readUIntBE(0, PREFIX_BYTES);
}
