// The schema of the name server's database: `REGISTRY_MIGRATIONS[n]` takes version n to n + 1. Append only.

export const REGISTRY_MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE users (
    name TEXT PRIMARY KEY,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL,
    held_at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    last_seen INTEGER
  ) STRICT;

  CREATE TABLE devices (
    name TEXT NOT NULL,
    device TEXT NOT NULL,
    boot INTEGER NOT NULL,
    retired_at INTEGER,
    PRIMARY KEY (name, device)
  ) STRICT;

  -- AUTOINCREMENT: were the arrival of a deleted letter given to a later one, a session would take that for delivered.
  CREATE TABLE letters (
    arrival INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    device TEXT NOT NULL,
    sender TEXT NOT NULL,
    at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX letters_by_mailbox ON letters (name, device, arrival);
  CREATE INDEX letters_by_sender ON letters (name, sender, bytes);
  CREATE INDEX letters_by_expiry ON letters (expires_at);

  CREATE TABLE correspondents (
    number INTEGER PRIMARY KEY,
    sender TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (sender, name)
  ) STRICT;
  CREATE INDEX correspondents_by_age ON correspondents (sender, number);
  CREATE INDEX correspondents_by_name ON correspondents (name);
  `,
  `
  CREATE TABLE groups (
    name TEXT PRIMARY KEY,
    founder TEXT NOT NULL,
    held_at INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  CREATE INDEX groups_by_founder ON groups (founder);
  CREATE INDEX users_never_seen ON users (held_at) WHERE last_seen IS NULL;

  CREATE TABLE group_entries (
    name TEXT NOT NULL,
    place INTEGER NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (name, place)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE devices ADD COLUMN proof_payload TEXT;
  ALTER TABLE devices ADD COLUMN proof_signature TEXT;
  `,
  `
  CREATE TABLE letter_keys (
    name TEXT NOT NULL,
    device TEXT NOT NULL,
    number INTEGER NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (name, device)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE one_time_keys (
    place INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    device TEXT NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL
  ) STRICT;
  CREATE INDEX one_time_keys_by_device ON one_time_keys (name, device, place);
  `,
  `
  CREATE TABLE serving_time (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    counted INTEGER NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  `,
];
