// The tables of `client.db`, as migrations. Each migration raises the version of the database by one and never changes.

import { POST_TABLES } from './sqlite-posts.js';

/**
 * The key of a message is its order of arrival, and peers and devices are numbers, so that an insertion touches only
 * the ends of the trees. Ids are random, so they move to `message_ids` in sorted runs: see `message-ids.ts`.
 *
 * The numbers of devices sort like their keys (see `name-numbers.ts`), so `messages_in_order` is the order of a
 * conversation. `kind` and `state` are indexes into the lists of `message-codes.ts`; in the conditions below, 0 is chat
 * and 2 is delivered. `follows` is `StoredMessage.after`.
 */
const FIRST = `
  CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  INSERT INTO counters (name, value) VALUES ('boot', 0), ('ids_moved', 0);

  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE people (
    name TEXT PRIMARY KEY,
    pinned_key TEXT,
    record_payload TEXT,
    record_signature TEXT,
    friendship TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    note TEXT NOT NULL,
    blocked INTEGER NOT NULL,
    verified INTEGER NOT NULL,
    changed_payload TEXT,
    changed_signature TEXT,
    endpoints TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE peers (peer INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE devices (device INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE messages (
    message INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    peer INTEGER NOT NULL,
    device INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    lamport INTEGER NOT NULL,
    at INTEGER NOT NULL,
    mine INTEGER NOT NULL,
    state INTEGER NOT NULL,
    shown INTEGER NOT NULL,
    follows INTEGER NOT NULL,
    text TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX messages_by_lane ON messages (peer, device, kind, seq);
  CREATE INDEX messages_in_order ON messages (peer, lamport, device, seq, kind);
  CREATE INDEX messages_unread ON messages (peer, device) WHERE mine = 0 AND state = 2 AND shown = 1;
  CREATE INDEX messages_held_back ON messages (peer, device, seq) WHERE kind = 0 AND shown = 0;
  CREATE INDEX messages_unseen ON messages (peer, device, seq) WHERE mine = 1 AND kind = 0 AND state = 2;

  CREATE TABLE message_ids (
    prefix INTEGER NOT NULL,
    message INTEGER NOT NULL,
    PRIMARY KEY (prefix, message)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    peer INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    message INTEGER NOT NULL,
    held_at INTEGER,
    PRIMARY KEY (peer, seq, message)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX outbox_held ON outbox (held_at) WHERE held_at IS NOT NULL;

  -- AUTOINCREMENT: a ref is never given twice, even when the last letter has left.
  CREATE TABLE letters (
    ref INTEGER PRIMARY KEY AUTOINCREMENT,
    recipient TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX letters_by_recipient ON letters (recipient, kind);

  CREATE TABLE letters_seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX letters_seen_by_time ON letters_seen (at);
`;

/**
 * The index stores no texts: it reads them through the view. `tags` are words that we add, see `sqlite-search.ts`.
 * `indexed`: the last message in the index. A removed message stays in the index and is skipped: its row is never used
 * again, see `sqlite-messages.ts`. `columnsize = 0` omits the data for ranking, which we do not use.
 * `indexed_days`: for each day, the last indexed message of that day, so that a search for old messages starts there.
 */
const SEARCH = `
  CREATE VIEW indexed_messages AS
    SELECT message, text, 'p' || peer || CASE mine WHEN 1 THEN ' mine' ELSE ' theirs' END AS tags FROM messages;
  CREATE VIRTUAL TABLE message_index USING fts5 (
    text, tags, content = 'indexed_messages', content_rowid = 'message', columnsize = 0,
    tokenize = "unicode61 remove_diacritics 2"
  );
  CREATE TABLE indexed_days (day INTEGER PRIMARY KEY, message INTEGER NOT NULL) STRICT;
  INSERT INTO counters (name, value) VALUES ('indexed', 0);
`;

/**
 * `peer` is the number of the group's conversation. A group message has a row in `messages` with kind 2, and its signed
 * form in `group_messages`. For kind 2, `follows` is a part of the visibility: see `group-message.ts`.
 */
const GROUPS = `
  CREATE TABLE group_memos (
    peer INTEGER NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (peer, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE group_entries (
    peer INTEGER NOT NULL,
    place INTEGER NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (peer, place)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE group_messages (
    message INTEGER PRIMARY KEY,
    author TEXT NOT NULL,
    payload TEXT NOT NULL,
    signature TEXT NOT NULL
  ) STRICT;
  CREATE INDEX messages_held_in_group ON messages (peer) WHERE kind = 2 AND shown = 0 AND follows = 0;
`;

/**
 * A tag with the author of a group message, in hexadecimal, since a name may hold characters that separate words. The
 * index starts empty and is filled again by the next searches.
 */
const SEARCH_BY_AUTHOR = `
  DROP TABLE message_index;
  DROP VIEW indexed_messages;
  CREATE VIEW indexed_messages AS
    SELECT messages.message AS message, text,
      'p' || peer || CASE mine WHEN 1 THEN ' mine' ELSE ' theirs' END || coalesce(' by' || hex(author), '') AS tags
    FROM messages LEFT JOIN group_messages ON group_messages.message = messages.message;
  CREATE VIRTUAL TABLE message_index USING fts5 (
    text, tags, content = 'indexed_messages', content_rowid = 'message', columnsize = 0,
    tokenize = "unicode61 remove_diacritics 2"
  );
  DELETE FROM indexed_days;
  UPDATE counters SET value = 0 WHERE name = 'indexed';
`;

/** The record that the name server claims for a person is called so. */
const CLAIMS = `
  ALTER TABLE people RENAME COLUMN changed_payload TO claimed_payload;
  ALTER TABLE people RENAME COLUMN changed_signature TO claimed_signature;
`;

/**
 * The identity key of the author of a group message, also as a tag. Logs of earlier versions have no keys in their
 * entries, so those groups end here; their messages stay.
 */
const AUTHOR_KEYS = `
  DELETE FROM group_entries;
  DELETE FROM group_memos;
  ALTER TABLE group_messages ADD COLUMN author_key TEXT NOT NULL DEFAULT '';
  DROP TABLE message_index;
  DROP VIEW indexed_messages;
  CREATE VIEW indexed_messages AS
    SELECT messages.message AS message, text,
      'p' || peer || CASE mine WHEN 1 THEN ' mine' ELSE ' theirs' END
        || coalesce(' by' || hex(author) || ' key' || hex(author_key), '') AS tags
    FROM messages LEFT JOIN group_messages ON group_messages.message = messages.message;
  CREATE VIRTUAL TABLE message_index USING fts5 (
    text, tags, content = 'indexed_messages', content_rowid = 'message', columnsize = 0,
    tokenize = "unicode61 remove_diacritics 2"
  );
  DELETE FROM indexed_days;
  UPDATE counters SET value = 0 WHERE name = 'indexed';
`;

/** What proves to a friend what they wrote: see `StoredMessage.proof` and `CatalogueCursor.proof`. */
const PROOFS = `
  ALTER TABLE messages ADD COLUMN proof BLOB;
  ALTER TABLE followings ADD COLUMN proof TEXT;
`;

const LETTER_KEYS = `
  CREATE TABLE letter_keys (
    key TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    device TEXT NOT NULL,
    number INTEGER NOT NULL,
    at INTEGER NOT NULL,
    replaced_at INTEGER,
    days_old INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
`;

const ONE_TIME_KEYS = `
  CREATE TABLE one_time_keys (
    key TEXT PRIMARY KEY,
    secret TEXT NOT NULL,
    device TEXT NOT NULL,
    number INTEGER NOT NULL,
    used_by TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX one_time_keys_by_letter_key ON one_time_keys (device, number);
`;

/**
 * The index gets the words and the symbols of a text as `indexed-words.ts` makes them, so it reads no content itself.
 * The view gives the tags.
 */
const SEARCH_FOR_SYMBOLS = `
  DROP TABLE message_index;
  CREATE VIRTUAL TABLE message_index USING fts5 (
    text, tags, symbols, content = '', columnsize = 0, tokenize = "unicode61 remove_diacritics 2"
  );
  DELETE FROM indexed_days;
  UPDATE counters SET value = 0 WHERE name = 'indexed';
`;

export const MIGRATIONS: readonly string[] = [
  FIRST,
  SEARCH,
  POST_TABLES,
  GROUPS,
  SEARCH_BY_AUTHOR,
  CLAIMS,
  AUTHOR_KEYS,
  PROOFS,
  LETTER_KEYS,
  ONE_TIME_KEYS,
  SEARCH_FOR_SYMBOLS,
];
