// Settings by name, and the counter of program starts.

import { assert } from '../../../protocols/kit/machine.js';
import type { Database } from '../../../runtime/sqlite.js';

export class SqliteSettings {
  constructor(private readonly database: Database) {}

  raiseBoot(): number {
    const raise = this.database.prepare<{ value: number }>(`
      UPDATE counters SET value = value + 1 WHERE name = 'boot' RETURNING value`);
    const raised = raise.get();
    assert(raised !== undefined, 'the first migration creates the counter of starts');
    return raised.value;
  }

  get(name: string): string | null {
    return (
      this.database.prepare<{ value: string }>('SELECT value FROM settings WHERE name = ?').get(name)?.value ?? null
    );
  }

  put(name: string, value: string): void {
    this.database.prepare('INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)').run(name, value);
  }
}
